/* An archive that answers C-FIND with as many rows as its called AE title says: one thread, blocking.
 *
 *     count_acceptor
 *
 * The called AE title is three letters and a number, "FSI200000": F a full answer (16 elements with
 * names and dates, as of an archive that returns more than was asked for; lengths vary) or L a lean
 * one (level, archive, unique key); S command set and data set in a P-DATA-TF each or J both in one;
 * I implicit or E explicit VR, if the requestor offers it. Every row has a StudyInstanceUID of its own.
 * It answers C-ECHO, C-FIND and A-RELEASE, with the message ID and the presentation context of the
 * request. One association at a time.
 *
 * It prints "ready PORT" once it listens, on a port of loopback that was free. On stdin, "stats" prints one line of JSON (rows, answers,
 * releases, CPU seconds since the last "stats"); end of file, or SIGTERM, ends it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MAX_PDU = 65536, BUFFER = 262144, ROOM = 4096, /* no row is longer than ROOM */
    C_FIND_RQ = 0x0020, C_ECHO_RQ = 0x0030, C_CANCEL_RQ = 0x0fff, NO_DATA_SET = 0x0101, PENDING = 0xff00,
};
static const char IMPLICIT[] = "1.2.840.10008.1.2", EXPLICIT[] = "1.2.840.10008.1.2.1";

typedef struct { int fd, lean, joined, wants_explicit, explicit_vr[256]; uint64_t rows; } peer_t;
typedef struct { uint16_t command, message_id; char sop_class[66]; uint32_t sop_class_length; } request_t;

static uint64_t rows_sent, answers, releases;
static double cpu_reported;
static uint8_t out[BUFFER + ROOM];
static uint32_t filled;

static void fail(const char *what) { fprintf(stderr, "count_acceptor: %s: %s\n", what, strerror(errno)); exit(1); }
static uint16_t be16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }
static uint32_t be32(const uint8_t *p) { return (uint32_t)be16(p) << 16 | be16(p + 2); }
static uint16_t le16(const uint8_t *p) { return (uint16_t)(p[1] << 8 | p[0]); }
static uint32_t le32(const uint8_t *p) { return (uint32_t)le16(p + 2) << 16 | le16(p); }
static void put_be16(uint8_t *p, uint32_t v) { p[0] = (uint8_t)(v >> 8); p[1] = (uint8_t)v; }
static void put_be32(uint8_t *p, uint32_t v) { put_be16(p, v >> 16); put_be16(p + 2, v); }
static void put_le16(uint8_t *p, uint32_t v) { p[0] = (uint8_t)v; p[1] = (uint8_t)(v >> 8); }
static void put_le32(uint8_t *p, uint32_t v) { put_le16(p, v); put_le16(p + 2, v >> 16); }

/* Returns 0 when the peer is gone. */
static int flush_out(int fd) {
    for (uint32_t sent = 0; sent < filled;) {
        ssize_t n = send(fd, out + sent, filled - sent, MSG_NOSIGNAL);
        if (n <= 0) return filled = 0;
        sent += (uint32_t)n;
    }
    filled = 0;
    return 1;
}

static int read_exactly(int fd, uint8_t *p, uint32_t length) {
    for (uint32_t have = 0; have < length;) {
        ssize_t n = recv(fd, p + have, length - have, 0);
        if (n <= 0) return 0;
        have += (uint32_t)n;
    }
    return 1;
}

static uint32_t put_element(uint8_t *p, uint32_t tag, const char *vr, const char *value, uint32_t length, int explicit_vr) {
    uint32_t padded = length + (length & 1);
    put_le16(p, tag >> 16);
    put_le16(p + 2, tag);
    if (explicit_vr) { memcpy(p + 4, vr, 2); put_le16(p + 6, padded); }
    else put_le32(p + 4, padded);
    memcpy(p + 8, value, length);
    if (length & 1) p[8 + length] = vr[0] == 'U' ? 0 : ' ';
    return 8 + padded;
}

static uint32_t put_number(char *p, uint64_t number) {
    char digits[20];
    uint32_t length = 0;
    do digits[length++] = (char)('0' + number % 10); while (number /= 10);
    for (uint32_t i = 0; i < length; i++) p[i] = digits[length - 1 - i];
    return length;
}

/* The data set of one row: values are pieces of constant texts, so that lengths vary and little is computed. */
static uint32_t put_row(uint8_t *p, uint64_t row, int lean, int x) {
    static const char NAMES[] = "Okonkwo-Brandenburg^Maximiliane^Theodora", WORDS[] = "CT Schaedel nativ und mit Kontrastmittel";
    static const char *const MODALITIES[] = {"CT", "MR\\SR", "CR", "US\\SR\\OT"};
    uint64_t mixed = (row + 1) * 0x9e3779b97f4a7c15u >> 16;
    char uid[64] = "1.2.840.113619.2.55.3.", number[24];
    uint32_t n = 0, uid_length = 22;
    uid_length += put_number(uid + uid_length, mixed & 0xfffffff);
    memcpy(uid + uid_length, ".1562311111.467.", 16);
    uid_length += 16;
    uid_length += put_number(uid + uid_length, row);
#define PUT(tag, vr, value, length) n += put_element(p + n, tag, vr, value, length, x)
    if (lean) {
        PUT(0x00080052, "CS", "STUDY", 5);
        PUT(0x00080054, "AE", "ARCHIVE", 7);
        PUT(0x0020000d, "UI", uid, uid_length);
        return n;
    }
    const char *modalities = MODALITIES[mixed & 3];
    PUT(0x00080005, "CS", "ISO_IR 100", 10);
    PUT(0x00080020, "DA", "20190704", 8);
    PUT(0x00080030, "TM", "101530.000", mixed & 4 ? 10 : 6);
    PUT(0x00080050, "SH", number, put_number(number, mixed % 100000000));
    PUT(0x00080052, "CS", "STUDY", 5);
    PUT(0x00080054, "AE", "ARCHIVE", 7);
    PUT(0x00080061, "CS", modalities, (uint32_t)strlen(modalities));
    PUT(0x00080090, "PN", NAMES + (mixed & 7), 8 + (mixed >> 3 & 15));
    PUT(0x00081030, "LO", WORDS, 6 + (mixed >> 7 & 31));
    PUT(0x00100010, "PN", NAMES + (mixed & 3), 10 + (mixed >> 12 & 15));
    PUT(0x00100020, "LO", number, put_number(number, mixed % 10000000));
    PUT(0x00100030, "DA", "19571004", 8);
    PUT(0x00100040, "CS", mixed & 1 ? "F" : "M", 1);
    PUT(0x0020000d, "UI", uid, uid_length);
    PUT(0x00200010, "SH", number, put_number(number, mixed % 1000));
    PUT(0x00201208, "IS", number, put_number(number, 1 + row % 1000));
#undef PUT
    return n;
}

static uint32_t put_us(uint8_t *p, uint16_t element, uint32_t value) {
    put_le16(p, 0);
    put_le16(p + 2, element);
    put_le32(p + 4, 2);
    put_le16(p + 8, value);
    return 10;
}

/* The command set of a response, without PDU and PDV headers. */
static uint32_t put_command(uint8_t *p, const request_t *request, uint32_t status, int has_data) {
    uint32_t n = 12;
    memset(p, 0, 12);
    p[4] = 4;
    put_le16(p + n, 0);
    put_le16(p + n + 2, 2);
    put_le32(p + n + 4, request->sop_class_length);
    memcpy(p + n + 8, request->sop_class, request->sop_class_length);
    n += 8 + request->sop_class_length;
    n += put_us(p + n, 0x0100, request->command | 0x8000u);
    n += put_us(p + n, 0x0120, request->message_id);
    n += put_us(p + n, 0x0800, has_data ? 1 : NO_DATA_SET);
    n += put_us(p + n, 0x0900, status);
    put_le32(p + 8, n - 12);
    return n;
}

static void put_pdu_header(uint8_t *p, uint32_t length) { p[0] = 4; p[1] = 0; put_be32(p + 2, length); }
static void put_pdv_header(uint8_t *p, uint32_t length, int context_id, int control) {
    put_be32(p, length + 2);
    p[4] = (uint8_t)context_id;
    p[5] = (uint8_t)control;
}

static int answer(peer_t *peer, const request_t *request, int context_id) {
    uint8_t command[256];
    uint32_t command_length = put_command(command, request, PENDING, 1);
    uint64_t rows = request->command == C_FIND_RQ ? peer->rows : 0;
    for (uint64_t row = 0; row < rows; row++) {
        uint8_t *p = out + filled, *data_pdv = p + 12 + command_length + (peer->joined ? 0 : 6);
        put_pdv_header(p + 6, command_length, context_id, 3);
        memcpy(p + 12, command, command_length);
        uint32_t length = put_row(data_pdv + 6, row, peer->lean, peer->explicit_vr[context_id]);
        put_pdv_header(data_pdv, length, context_id, 2);
        put_pdu_header(p, 6 + command_length + (peer->joined ? 6 + length : 0));
        if (!peer->joined) put_pdu_header(data_pdv - 6, 6 + length);
        filled = (uint32_t)(data_pdv + 6 + length - out);
        if (filled >= BUFFER && !flush_out(peer->fd)) return 0;
    }
    rows_sent += rows;
    answers++;
    command_length = put_command(out + filled + 12, request, 0, 0);
    put_pdu_header(out + filled, 6 + command_length);
    put_pdv_header(out + filled + 6, command_length, context_id, 3);
    filled += 12 + command_length;
    return flush_out(peer->fd);
}

static uint32_t put_item(uint8_t *p, int type, const void *value, uint32_t length) {
    p[0] = (uint8_t)type;
    p[1] = 0;
    put_be16(p + 2, length);
    memcpy(p + 4, value, length);
    return 4 + length;
}

/* Chooses a transfer syntax of one proposed context; returns the bytes of its answer. */
static uint32_t accept_context(peer_t *peer, const uint8_t *item, uint32_t length, uint8_t *reply) {
    const char *first = NULL, *chosen = NULL;
    for (uint32_t at = 4; at + 4 <= length; at += 4u + be16(item + at + 2)) {
        uint32_t size = be16(item + at + 2);
        if (item[at] != 0x40) continue;
        int is_explicit = size == sizeof EXPLICIT - 1 && !memcmp(item + at + 4, EXPLICIT, size);
        int is_implicit = size == sizeof IMPLICIT - 1 && !memcmp(item + at + 4, IMPLICIT, size);
        const char *known = is_explicit ? EXPLICIT : is_implicit ? IMPLICIT : NULL;
        if (!first) first = known;
        if (known && is_explicit == peer->wants_explicit) chosen = known;
    }
    if (!chosen) chosen = first;
    peer->explicit_vr[item[0]] = chosen == EXPLICIT;
    uint8_t body[64] = {item[0], 0, chosen ? 0 : 4, 0};
    if (!chosen) chosen = IMPLICIT;
    return put_item(reply, 0x21, body, 4 + put_item(body + 4, 0x40, chosen, (uint32_t)strlen(chosen)));
}

static int associate(peer_t *peer, const uint8_t *pdu, uint32_t length) {
    if (length < 68) return 0;
    peer->lean = pdu[4] == 'L';
    peer->joined = pdu[5] == 'J';
    peer->wants_explicit = pdu[6] == 'E';
    peer->rows = strtoull((const char *)pdu + 7, NULL, 10);
    uint8_t *p = out, user[128], max_pdu[4];
    memset(p, 0, 74);
    p[0] = 2;
    put_be16(p + 6, 1);
    memcpy(p + 10, pdu + 4, 64);
    uint32_t n = 74;
    n += put_item(p + n, 0x10, "1.2.840.10008.3.1.1.1", 21);
    for (uint32_t at = 68; at + 4 <= length; at += 4u + be16(pdu + at + 2))
        if (pdu[at] == 0x20 && at + 4u + be16(pdu + at + 2) <= length)
            n += accept_context(peer, pdu + at + 4, be16(pdu + at + 2), p + n);
    put_be32(max_pdu, 16384);
    uint32_t size = put_item(user, 0x51, max_pdu, 4);
    size += put_item(user + size, 0x52, "2.25.216841557902134467", 23);
    n += put_item(p + n, 0x50, user, size);
    put_be32(p + 2, n - 6);
    filled = n;
    return flush_out(peer->fd);
}

static void read_command(const uint8_t *p, uint32_t length, request_t *request) {
    for (uint32_t at = 0; at + 8 <= length && le32(p + at + 4) <= length - at - 8; at += 8 + le32(p + at + 4)) {
        uint32_t size = le32(p + at + 4), element = le16(p + at + 2);
        const uint8_t *value = p + at + 8;
        if (element == 0x0002 && size <= 64) memcpy(request->sop_class, value, request->sop_class_length = size);
        if (element == 0x0100) request->command = le16(value);
        if (element == 0x0110) request->message_id = le16(value);
    }
}

/* The PDVs of one P-DATA-TF. A C-FIND is answered when its identifier, which may be anything, has ended. */
static int take_data(peer_t *peer, const uint8_t *pdu, uint32_t length, request_t *request) {
    for (uint32_t at = 0; at + 6 <= length; at += 4 + be32(pdu + at)) {
        uint32_t size = be32(pdu + at);
        if (size < 2 || size > length - at - 4) return 0;
        if (pdu[at + 5] & 1) read_command(pdu + at + 6, size - 2, request);
        int ends = pdu[at + 5] == 2 || (pdu[at + 5] == 3 && request->command == C_ECHO_RQ);
        if (ends && request->command != C_CANCEL_RQ && !answer(peer, request, pdu[at + 4])) return 0;
    }
    return 1;
}

static void serve_one(int fd) {
    static const uint8_t RELEASE_RP[10] = {6, 0, 0, 0, 0, 4};
    static uint8_t pdu[MAX_PDU + 1];
    uint8_t header[6];
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    peer_t peer = {.fd = fd};
    request_t request = {0};
    while (read_exactly(fd, header, 6) && be32(header + 2) <= MAX_PDU && read_exactly(fd, pdu, be32(header + 2))) {
        uint32_t length = be32(header + 2);
        pdu[length] = 0;
        if (header[0] == 1 && associate(&peer, pdu, length)) continue;
        if (header[0] == 4 && take_data(&peer, pdu, length, &request)) continue;
        if (header[0] == 5) {
            releases++;
            if (send(fd, RELEASE_RP, sizeof RELEASE_RP, MSG_NOSIGNAL) == sizeof RELEASE_RP) continue;
        }
        break;
    }
    close(fd);
}

static void print_stats(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("{\"rows\": %lu, \"answers\": %lu, \"releases\": %lu, \"cpu_seconds\": %.6f}\n", rows_sent, answers, releases, cpu - cpu_reported);
    fflush(stdout);
    rows_sent = answers = releases = 0;
    cpu_reported = cpu;
}

int main(void) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof name;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&name, length) || listen(listener, 8)) fail("cannot listen");
    if (getsockname(listener, (struct sockaddr *)&name, &length)) fail("getsockname");
    printf("ready %d\n", ntohs(name.sin_port));
    fflush(stdout);
    struct pollfd watched[] = {{.fd = 0, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
    for (;;) {
        if (poll(watched, 2, -1) < 0) fail("poll");
        if (watched[0].revents) {
            char line[64];
            if (read(0, line, sizeof line) <= 0) return 0;
            print_stats();
        }
        if (watched[1].revents) {
            int fd = accept(listener, NULL, NULL);
            if (fd >= 0) serve_one(fd);
        }
    }
}
