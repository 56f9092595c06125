/* A fleet of DICOM archives for benches: one thread, one epoll, one listening socket per address.
 *
 * It really speaks: it reads the presentation contexts of the A-ASSOCIATE-RQ (PS3.8 §9.3.2) and
 * accepts each DICOM one with its first proposed transfer syntax (a service outside the DICOM root
 * is refused, as a real archive would); it answers C-ECHO, C-FIND (no match), C-GET (nothing to
 * send) and A-RELEASE with the message ID and the presentation context of the request.
 *
 *     acceptor --port P [--delay-ms D] FILE
 *
 * FILE has one "MODE ADDRESS" line per host. MODE is "dicom", "silent" (accepts the connection and
 * never answers), "closed" (no listener) or "dropped" (no listener; whoever starts the acceptor
 * sees to it that the network loses the packets). With --delay-ms every answer leaves D ms late, from a queue.
 *
 * The hosts announce 64 different versions between them, so that answers repeat as they do in a
 * hospital and are not all one.
 *
 * It prints "ready LISTENERS" once all listen. On stdin, "stats" prints one line of JSON (counts
 * and CPU seconds since the last "stats"); end of file, or SIGTERM, ends it with exit code 0.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    PDU_ASSOCIATE_RQ = 1, PDU_ASSOCIATE_AC = 2, PDU_P_DATA = 4, PDU_RELEASE_RQ = 5, PDU_RELEASE_RP = 6, PDU_ABORT = 7,
    PDU_HEADER = 6,
    MAX_PDU = 65536,        /* the longest PDU read; a longer one is answered with A-ABORT */
    MAX_COMMAND = 1024,     /* the longest command set; the five questions need under 200 bytes */
    MAX_CONTEXTS = 128,
    MAX_REPLY = 16384,
    VERSIONS = 64,
    EVENTS = 512,
    NO_DATA_SET = 0x0101,
    C_GET_RQ = 0x0010, C_FIND_RQ = 0x0020, C_ECHO_RQ = 0x0030, C_CANCEL_RQ = 0x0fff, RESPONSE = 0x8000,
};

static const char APPLICATION_CONTEXT[] = "1.2.840.10008.3.1.1.1";
static const char DICOM_ROOT[] = "1.2.840.10008.";
static const char IMPLEMENTATION_UID[] = "2.25.216841557902134467815022993317467421";
static const char IMPLEMENTATION_VERSION[] = "BENCH_FLEET_%02d";

typedef enum { UNUSED, LISTENER, CONNECTION } kind_t;

typedef struct {
    kind_t kind;
    int silent;
    int version;
    uint32_t generation;    /* a queued answer must not reach the next owner of the descriptor */
    uint8_t *pending;       /* the start of a PDU that is not whole yet */
    uint32_t pending_length, pending_capacity;
    uint8_t command[MAX_COMMAND];
    uint32_t command_length;
    uint16_t asked;         /* the command that waits for its data set; 0: none */
    uint16_t message_id;
    char sop_class[66];
} peer_t;

typedef struct {
    int fd;
    uint32_t generation;
    double due;
    uint32_t length;
    uint8_t *bytes;
} answer_t;

typedef struct {
    uint64_t connections, silent_connections, associations, contexts, echoes, finds, gets, releases, aborts, errors;
} counts_t;

static peer_t **peers;      /* by file descriptor */
static int peers_length;
static int epoll_fd;
static double delay_seconds;
static answer_t *queue;     /* a ring: the delay is the same for all, so first in is first due */
static uint64_t queue_head, queue_tail, queue_capacity;
static counts_t counts;
static double cpu_reported;

static void fail(const char *what) {
    fprintf(stderr, "acceptor: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint16_t be16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }
static uint32_t be32(const uint8_t *p) { return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]; }
static uint16_t le16(const uint8_t *p) { return (uint16_t)(p[1] << 8 | p[0]); }
static uint32_t le32(const uint8_t *p) { return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0]; }
static void put_be16(uint8_t *p, uint32_t v) { p[0] = (uint8_t)(v >> 8); p[1] = (uint8_t)v; }
static void put_be32(uint8_t *p, uint32_t v) { put_be16(p, v >> 16); put_be16(p + 2, v); }
static void put_le16(uint8_t *p, uint32_t v) { p[0] = (uint8_t)v; p[1] = (uint8_t)(v >> 8); }
static void put_le32(uint8_t *p, uint32_t v) { put_le16(p, v); put_le16(p + 2, v >> 16); }

static peer_t *peer_at(int fd) {
    if (fd >= peers_length) {
        int length = fd + 1024;
        peers = realloc(peers, (size_t)length * sizeof *peers);
        if (!peers) fail("memory");
        memset(peers + peers_length, 0, (size_t)(length - peers_length) * sizeof *peers);
        peers_length = length;
    }
    if (!peers[fd] && !(peers[fd] = calloc(1, sizeof(peer_t)))) fail("memory");
    return peers[fd];
}

static void watch(int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event)) fail("epoll_ctl");
}

static void hang_up(int fd) {
    peer_t *peer = peers[fd];
    peer->kind = UNUSED;
    peer->generation++;
    peer->pending_length = peer->command_length = peer->asked = 0;
    free(peer->pending);
    peer->pending = NULL;
    peer->pending_capacity = 0;
    close(fd);
}

/* A peer that does not read its answers is hung up on: they are far smaller than a socket buffer. */
static void send_now(int fd, const uint8_t *bytes, uint32_t length) {
    if (send(fd, bytes, length, MSG_NOSIGNAL) != (ssize_t)length) counts.errors++, hang_up(fd);
}

static void enqueue(int fd, const uint8_t *bytes, uint32_t length) {
    if (queue_tail - queue_head == queue_capacity) {
        uint64_t capacity = queue_capacity ? queue_capacity * 2 : 4096;
        answer_t *larger = malloc(capacity * sizeof *larger);
        if (!larger) fail("memory");
        for (uint64_t i = queue_head; i < queue_tail; i++) larger[i - queue_head] = queue[i % queue_capacity];
        queue_tail -= queue_head;
        queue_head = 0;
        free(queue);
        queue = larger;
        queue_capacity = capacity;
    }
    answer_t *answer = &queue[queue_tail++ % queue_capacity];
    *answer = (answer_t){fd, peers[fd]->generation, now() + delay_seconds, length, malloc(length)};
    if (!answer->bytes) fail("memory");
    memcpy(answer->bytes, bytes, length);
}

static void reply(int fd, const uint8_t *bytes, uint32_t length) {
    if (delay_seconds > 0) enqueue(fd, bytes, length);
    else send_now(fd, bytes, length);
}

/* Sends what is due and says how many milliseconds epoll may sleep (-1: nothing is queued). */
static int send_due(void) {
    while (queue_head < queue_tail) {
        answer_t *answer = &queue[queue_head % queue_capacity];
        double left = answer->due - now();
        if (left > 0) return (int)(left * 1000) + 1;
        queue_head++;
        if (peers[answer->fd]->kind == CONNECTION && peers[answer->fd]->generation == answer->generation)
            send_now(answer->fd, answer->bytes, answer->length);
        free(answer->bytes);
    }
    return -1;
}

static uint32_t put_item(uint8_t *p, uint8_t type, const void *value, uint32_t length) {
    p[0] = type;
    p[1] = 0;
    put_be16(p + 2, length);
    memcpy(p + 4, value, length);
    return 4 + length;
}

/* Answers one presentation context item (PS3.8 §9.3.2.2); returns the bytes written, 0 if it is broken. */
static uint32_t accept_context(const uint8_t *item, uint32_t length, uint8_t *out) {
    const uint8_t *abstract = NULL, *transfer = NULL;
    uint32_t abstract_length = 0, transfer_length = 0;
    for (uint32_t at = 4; at < length;) {
        if (length - at < 4 || be16(item + at + 2) > length - at - 4) return 0;
        uint32_t size = be16(item + at + 2);
        if (item[at] == 0x30) abstract = item + at + 4, abstract_length = size;
        if (item[at] == 0x40 && !transfer) transfer = item + at + 4, transfer_length = size;
        at += 4 + size;
    }
    if (!abstract || !transfer || transfer_length > 64) return 0;
    int known = abstract_length >= sizeof DICOM_ROOT - 1 && !memcmp(abstract, DICOM_ROOT, sizeof DICOM_ROOT - 1);
    uint8_t body[4 + 4 + 64] = {item[0], 0, known ? 0 : 3, 0};
    uint32_t body_length = 4 + put_item(body + 4, 0x40, transfer, transfer_length);
    counts.contexts++;
    return put_item(out, 0x21, body, body_length);
}

static uint32_t put_user_information(uint8_t *p, int version) {
    uint8_t body[256], max_pdu[4];
    char name[sizeof IMPLEMENTATION_VERSION];
    uint32_t length = 0, name_length = (uint32_t)snprintf(name, sizeof name, IMPLEMENTATION_VERSION, version);
    put_be32(max_pdu, 16384);
    length += put_item(body + length, 0x51, max_pdu, 4);
    length += put_item(body + length, 0x52, IMPLEMENTATION_UID, sizeof IMPLEMENTATION_UID - 1);
    length += put_item(body + length, 0x55, name, name_length);
    return put_item(p, 0x50, body, length);
}

/* A-ASSOCIATE-RQ without its header -> A-ASSOCIATE-AC. Returns 0 if the request is broken. */
static int associate(int fd, const uint8_t *pdu, uint32_t length) {
    static uint8_t out[MAX_REPLY];
    if (length < 68) return 0;
    memset(out, 0, 74);
    out[0] = PDU_ASSOCIATE_AC;
    put_be16(out + 6, 1);
    memcpy(out + 10, pdu + 4, 64); /* the two titles and 32 reserved bytes go back as they came (Table 9-17) */
    uint32_t written = 74, contexts = 0;
    written += put_item(out + written, 0x10, APPLICATION_CONTEXT, sizeof APPLICATION_CONTEXT - 1);
    for (uint32_t at = 68; at < length;) {
        if (length - at < 4 || be16(pdu + at + 2) > length - at - 4) return 0;
        uint32_t size = be16(pdu + at + 2);
        if (pdu[at] == 0x20) {
            if (++contexts > MAX_CONTEXTS || size < 4) return 0;
            uint32_t added = accept_context(pdu + at + 4, size, out + written);
            if (!added) return 0;
            written += added;
        }
        at += 4 + size;
    }
    if (!contexts) return 0;
    written += put_user_information(out + written, peers[fd]->version);
    put_be32(out + 2, written - PDU_HEADER);
    counts.associations++;
    reply(fd, out, written);
    return 1;
}

static uint32_t put_element(uint8_t *p, uint16_t element, const void *value, uint32_t length) {
    put_le16(p, 0);
    put_le16(p + 2, element);
    put_le32(p + 4, length);
    memcpy(p + 8, value, length);
    return 8 + length;
}

static uint32_t put_us(uint8_t *p, uint16_t element, uint16_t value) {
    uint8_t bytes[2];
    put_le16(bytes, value);
    return put_element(p, element, bytes, 2);
}

/* The final response to what the peer asked: status 0x0000, no data set (PS3.7 §9.3, E.1). */
static void respond(int fd, peer_t *peer, uint8_t context_id) {
    uint8_t out[512], *command = out + 12;
    uint32_t length = 12; /* the group length element goes first, when the rest is known */
    uint32_t uid_length = (uint32_t)strlen(peer->sop_class);
    char padded[66] = {0};
    memcpy(padded, peer->sop_class, uid_length);
    length += put_element(command + length, 0x0002, padded, uid_length + (uid_length & 1));
    length += put_us(command + length, 0x0100, peer->asked | RESPONSE);
    length += put_us(command + length, 0x0120, peer->message_id);
    length += put_us(command + length, 0x0800, NO_DATA_SET);
    length += put_us(command + length, 0x0900, 0);
    if (peer->asked == C_GET_RQ)
        for (uint16_t element = 0x1021; element <= 0x1023; element++) length += put_us(command + length, element, 0);
    uint8_t group_length[4];
    put_le32(group_length, length - 12);
    put_element(command, 0x0000, group_length, 4);
    out[0] = PDU_P_DATA;
    out[1] = 0;
    put_be32(out + 2, length + 6);
    put_be32(out + 6, length + 2);
    out[10] = context_id;
    out[11] = 3; /* command, last fragment */
    counts.echoes += peer->asked == C_ECHO_RQ;
    counts.finds += peer->asked == C_FIND_RQ;
    counts.gets += peer->asked == C_GET_RQ;
    peer->asked = 0;
    reply(fd, out, 12 + length);
}

/* Reads a whole command set. Returns 0 if it is none of the five this fleet understands. */
static int read_command(int fd, peer_t *peer, uint8_t context_id) {
    uint32_t command = 0, data_set = NO_DATA_SET, length = peer->command_length;
    peer->sop_class[0] = 0;
    peer->command_length = 0;
    for (uint32_t at = 0; at < length;) {
        const uint8_t *element = peer->command + at;
        if (length - at < 8 || le32(element + 4) > length - at - 8) return 0;
        uint32_t size = le32(element + 4), tag = (uint32_t)le16(element) << 16 | le16(element + 2);
        const uint8_t *value = element + 8;
        if (tag == 0x0002 && size < sizeof peer->sop_class) {
            memcpy(peer->sop_class, value, size);
            peer->sop_class[size] = 0;
        }
        if (size == 2 && tag == 0x0100) command = le16(value);
        if (size == 2 && tag == 0x0110) peer->message_id = le16(value);
        if (size == 2 && tag == 0x0800) data_set = le16(value);
        at += 8 + size;
    }
    if (command == C_CANCEL_RQ) return 1; /* the answer has already left */
    if (command != C_ECHO_RQ && command != C_FIND_RQ && command != C_GET_RQ) return 0;
    peer->asked = (uint16_t)command;
    if (data_set == NO_DATA_SET) respond(fd, peer, context_id);
    return 1;
}

/* P-DATA-TF: one or more PDVs, each a fragment of a command set or of a data set (PS3.8 §9.3.5, Annex E). */
static int take_data(int fd, peer_t *peer, const uint8_t *pdu, uint32_t length) {
    for (uint32_t at = 0; at < length && peer->kind == CONNECTION;) {
        if (length - at < 6) return 0;
        uint32_t size = be32(pdu + at);
        if (size < 2 || size > length - at - 4) return 0;
        uint8_t context_id = pdu[at + 4], control = pdu[at + 5];
        if (control & 1) {
            if (peer->command_length + size - 2 > MAX_COMMAND) return 0;
            memcpy(peer->command + peer->command_length, pdu + at + 6, size - 2);
            peer->command_length += size - 2;
            if (control & 2 && !read_command(fd, peer, context_id)) return 0;
        } else if (control & 2 && peer->asked) {
            respond(fd, peer, context_id);
        }
        at += 4 + size;
    }
    return 1;
}

/* Returns 0 when the peer broke the rules and must be sent an A-ABORT. */
static int take_pdu(int fd, peer_t *peer, uint8_t type, const uint8_t *body, uint32_t length) {
    static const uint8_t RELEASE_RP[10] = {PDU_RELEASE_RP, 0, 0, 0, 0, 4};
    switch (type) {
    case PDU_ASSOCIATE_RQ:
        return associate(fd, body, length);
    case PDU_P_DATA:
        return take_data(fd, peer, body, length);
    case PDU_RELEASE_RQ:
        counts.releases++;
        reply(fd, RELEASE_RP, sizeof RELEASE_RP);
        return 1;
    case PDU_ABORT:
        counts.aborts++;
        hang_up(fd);
        return 1;
    default:
        return 0;
    }
}

static void keep_rest(peer_t *peer, const uint8_t *bytes, uint32_t length) {
    if (length > peer->pending_capacity) {
        peer->pending = realloc(peer->pending, length);
        if (!peer->pending) fail("memory");
        peer->pending_capacity = length;
    }
    if (length) memmove(peer->pending, bytes, length);
    peer->pending_length = length;
}

static void read_from(int fd) {
    static const uint8_t ABORT[10] = {PDU_ABORT, 0, 0, 0, 0, 4, 0, 0, 2, 0};
    static uint8_t buffer[2 * (MAX_PDU + PDU_HEADER)];
    peer_t *peer = peers[fd];
    uint32_t have = peer->pending_length;
    if (have) memcpy(buffer, peer->pending, have);
    ssize_t got = recv(fd, buffer + have, sizeof buffer - have, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        hang_up(fd);
        return;
    }
    if (peer->silent) return;
    uint32_t at = 0, length = have + (uint32_t)got;
    while (length - at >= PDU_HEADER) {
        uint32_t size = be32(buffer + at + 2);
        int legal = size <= MAX_PDU;
        if (legal && length - at - PDU_HEADER < size) break;
        if (!legal || !take_pdu(fd, peer, buffer[at], buffer + at + PDU_HEADER, size)) {
            counts.errors++;
            if (peer->kind == CONNECTION) send_now(fd, ABORT, sizeof ABORT);
            if (peer->kind == CONNECTION) hang_up(fd);
        }
        if (peer->kind != CONNECTION) return;
        at += PDU_HEADER + size;
    }
    keep_rest(peer, buffer + at, length - at);
}

static void accept_from(int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR) counts.errors++;
        return;
    }
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    peer_t *peer = peer_at(fd);
    peer->kind = CONNECTION;
    peer->silent = peers[listener]->silent;
    peer->version = peers[listener]->version;
    if (peer->silent) counts.silent_connections++;
    else counts.connections++;
    watch(fd);
}

static void listen_at(const char *address, int port, int silent, int version) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, address, &name.sin_addr) != 1 || ntohl(name.sin_addr.s_addr) >> 24 != 127) {
        fprintf(stderr, "acceptor: %s is not a loopback address\n", address);
        exit(2);
    }
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) fail("socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&name, sizeof name) || listen(fd, 256)) fail(address);
    peer_t *peer = peer_at(fd);
    peer->kind = LISTENER;
    peer->silent = silent;
    peer->version = version;
    watch(fd);
}

static int listen_at_all(const char *path, int port) {
    char mode[16], address[48];
    int listeners = 0;
    FILE *file = fopen(path, "r");
    if (!file) fail(path);
    while (fscanf(file, "%15s %47s", mode, address) == 2) {
        int silent = !strcmp(mode, "silent");
        if (silent || !strcmp(mode, "dicom")) {
            listen_at(address, port, silent, listeners % VERSIONS);
            listeners++;
        } else if (strcmp(mode, "closed") && strcmp(mode, "dropped")) {
            fprintf(stderr, "acceptor: unknown mode %s\n", mode);
            exit(2);
        }
    }
    fclose(file);
    return listeners;
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void print_stats(void) {
    double cpu = cpu_seconds();
    printf("{\"connections\": %lu, \"silent_connections\": %lu, \"associations\": %lu, \"contexts\": %lu, "
           "\"echoes\": %lu, \"finds\": %lu, \"gets\": %lu, \"releases\": %lu, \"aborts\": %lu, \"errors\": %lu, "
           "\"cpu_seconds\": %.6f}\n",
           counts.connections, counts.silent_connections, counts.associations, counts.contexts, counts.echoes,
           counts.finds, counts.gets, counts.releases, counts.aborts, counts.errors, cpu - cpu_reported);
    fflush(stdout);
    counts = (counts_t){0};
    cpu_reported = cpu;
}

/* Returns 0 at end of file. The starter writes whole lines, so one read is one or more commands. */
static int obey_stdin(void) {
    char line[256];
    ssize_t got = read(0, line, sizeof line - 1);
    if (got <= 0) return got < 0 && (errno == EAGAIN || errno == EINTR);
    line[got] = 0;
    for (char *word = strtok(line, "\n"); word; word = strtok(NULL, "\n"))
        if (!strcmp(word, "stats")) print_stats();
    return 1;
}

static void serve(int signals) {
    struct epoll_event events[EVENTS];
    for (;;) {
        int ready = epoll_wait(epoll_fd, events, EVENTS, send_due());
        if (ready < 0 && errno != EINTR) fail("epoll_wait");
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == signals || (fd == 0 && !obey_stdin())) return;
            if (fd == 0) continue;
            if (peers[fd]->kind == LISTENER) accept_from(fd);
            else if (peers[fd]->kind == CONNECTION) read_from(fd);
        }
    }
}

int main(int argc, char **argv) {
    int port = 0;
    const char *path = NULL;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--port") && i + 1 < argc) port = atoi(argv[++i]);
        else if (!strcmp(argv[i], "--delay-ms") && i + 1 < argc) delay_seconds = atof(argv[++i]) / 1000;
        else path = argv[i];
    }
    if (!path || port < 1 || port > 65535 || delay_seconds < 0) {
        fprintf(stderr, "usage: acceptor --port P [--delay-ms D] FILE\n");
        return 2;
    }
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    sigaddset(&mask, SIGINT);
    sigprocmask(SIG_BLOCK, &mask, NULL);
    int signals = signalfd(-1, &mask, SFD_CLOEXEC);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (signals < 0 || epoll_fd < 0) fail("start");
    watch(signals);
    watch(0);
    int listeners = listen_at_all(path, port);
    printf("ready %d\n", listeners);
    fflush(stdout);
    serve(signals);
    return 0;
}
