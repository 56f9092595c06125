/* A fleet of web faces for bench/web.py: one thread, one epoll, one listening socket per address.
 *
 * Each answers as an open Orthanc with the DICOMweb plugin does, HTTP/1.1 with keep-alive; what it has
 * no route for is a 404 with a JSON body. A request's own body is read and dropped.
 *
 *     web_acceptor --port P FILE
 *
 * FILE has one address per line. It prints "ready LISTENERS" once all listen. On stdin, "stats" prints one
 * line of JSON (connections, requests and CPU seconds since the last "stats"), "lines" the request lines of
 * the last connection, one per line, and an empty one; end of file ends it with exit code 0.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_REQUEST = 8192, MAX_LINES = 256, MAX_LINE = 512, EVENTS = 512, MAX_FD = 65536 };

typedef struct {
    int is_connection;
    size_t length, body;    /* bytes gathered; bytes of a request's body still to be dropped */
    char gathered[MAX_REQUEST];
} peer_t;

typedef struct { const char *path; int status; const char *type, *more, *body; } route_t;

static const route_t ROUTES[] = {
    {"/", 301, "", "Location: app/explorer.html\r\n", ""},
    {"/app/explorer.html", 200, "text/html", "", "<!DOCTYPE html><html><head><title>Orthanc Explorer</title></head></html>"},
    {"/system", 200, "application/json; charset=utf-8", "",
     "{\"ApiVersion\":16,\"DicomAet\":\"ORTHANC\",\"DicomPort\":4242,\"HttpPort\":8042,\"IsHttpServerSecure\":false,"
     "\"Name\":\"bench\",\"PluginsEnabled\":true,\"Version\":\"1.10.1\"}"},
    {"/statistics", 200, "application/json; charset=utf-8", "",
     "{\"CountInstances\":225,\"CountPatients\":32,\"CountSeries\":54,\"CountStudies\":48,\"TotalDiskSize\":\"202794\"}"},
};
static const char EMPTY_LIST[] = "[]";
static const char NOT_FOUND[] = "{\"HttpError\":\"Not Found\",\"HttpStatus\":404,\"Message\":\"Unknown resource\",\"OrthancStatus\":17}";

static peer_t *peers[MAX_FD];
static char lines[MAX_LINES][MAX_LINE];
static int line_count, last_connection = -1, queue;
static unsigned long connections, requests;
static double cpu_before;

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void fail(const char *what) { fprintf(stderr, "%s: %s\n", what, strerror(errno)); exit(2); }

static void watch(int fd, int is_connection) {
    if (fd >= MAX_FD) { errno = EMFILE; fail("too many descriptors"); }
    peers[fd] = calloc(1, sizeof(peer_t));
    peers[fd]->is_connection = is_connection;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(queue, EPOLL_CTL_ADD, fd, &event)) fail("epoll_ctl");
}

static void drop(int fd) { free(peers[fd]); peers[fd] = NULL; close(fd); }

static void reply(int fd, int status, const char *type, const char *more, const char *body) {
    char answer[2048], media[96] = "";
    if (*type) snprintf(media, sizeof media, "Content-Type: %s\r\n", type);
    int length = snprintf(answer, sizeof answer,
        "HTTP/1.1 %d %s\r\nConnection: keep-alive\r\n%s%sContent-Length: %zu\r\n\r\n%s", status,
        status == 200 ? "OK" : status == 301 ? "Moved Permanently" : "Not Found", media, more, strlen(body), body);
    if (send(fd, answer, length, MSG_NOSIGNAL) != length) shutdown(fd, SHUT_RDWR);
}

static void answer(int fd, const char *method, const char *path) {
    if (!strcmp(method, "GET") && !strncmp(path, "/dicom-web/studies?", 19)) {
        reply(fd, 200, "application/dicom+json", "", EMPTY_LIST);
        return;
    }
    if (!strcmp(method, "POST") && !strcmp(path, "/dicom-web/studies")) {
        reply(fd, 200, "application/dicom+json", "", "{\"00081199\":{\"vr\":\"SQ\"}}");
        return;
    }
    for (size_t each = 0; each < sizeof ROUTES / sizeof *ROUTES; each++)
        if (!strcmp(method, "GET") && !strcmp(path, ROUTES[each].path)) {
            reply(fd, ROUTES[each].status, ROUTES[each].type, ROUTES[each].more, ROUTES[each].body);
            return;
        }
    reply(fd, 404, "", "", NOT_FOUND);
}

static size_t body_length(const char *head) {
    const char *found = strcasestr(head, "\r\ncontent-length:");
    return found ? strtoul(found + 17, NULL, 10) : 0;
}

/* Answers every whole request that has been gathered; the start of another one is kept. */
static void converse(int fd) {
    peer_t *peer = peers[fd];
    ssize_t read_bytes = recv(fd, peer->gathered + peer->length, MAX_REQUEST - 1 - peer->length, 0);
    if (read_bytes <= 0) { drop(fd); return; }
    peer->length += read_bytes;
    for (;;) {
        size_t dropped = peer->body < peer->length ? peer->body : peer->length;
        memmove(peer->gathered, peer->gathered + dropped, peer->length - dropped);
        peer->length -= dropped;
        peer->body -= dropped;
        peer->gathered[peer->length] = 0;
        char *end = strstr(peer->gathered, "\r\n\r\n");
        if (peer->body || !end) break;
        end[2] = 0;
        char method[16] = "", path[MAX_LINE] = "";
        if (sscanf(peer->gathered, "%15s %511s", method, path) != 2) { drop(fd); return; }
        requests++;
        if (fd == last_connection && line_count < MAX_LINES) {
            int room = snprintf(lines[line_count], MAX_LINE, "%s %.490s", method, path);
            line_count += room > 0;
        }
        peer->body = body_length(peer->gathered);
        size_t taken = end + 4 - peer->gathered;
        memmove(peer->gathered, peer->gathered + taken, peer->length - taken);
        peer->length -= taken;
        answer(fd, method, path);
    }
    if (peer->length == MAX_REQUEST - 1) drop(fd);
}

static void admit(int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) return;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections++;
    last_connection = fd;
    line_count = 0;
    watch(fd, 1);
}

static int command(void) {
    char word[64];
    if (!fgets(word, sizeof word, stdin)) return 0;
    if (!strncmp(word, "stats", 5)) {
        double cpu = cpu_seconds();
        printf("{\"connections\":%lu,\"requests\":%lu,\"cpu_seconds\":%.6f}\n", connections, requests, cpu - cpu_before);
        connections = requests = 0;
        cpu_before = cpu;
    } else {
        for (int each = 0; each < line_count; each++) puts(lines[each]);
        puts("");
    }
    fflush(stdout);
    return 1;
}

int main(int count, char **arguments) {
    if (count != 4 || strcmp(arguments[1], "--port")) { fprintf(stderr, "usage: web_acceptor --port P FILE\n"); return 2; }
    FILE *listing = fopen(arguments[3], "r");
    if (!listing) fail(arguments[3]);
    queue = epoll_create1(0);
    setvbuf(stdin, NULL, _IONBF, 0);
    char address[64];
    int listeners = 0;
    while (fscanf(listing, "%63s", address) == 1) {
        struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[2]))};
        int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        if (fd < 0 || inet_pton(AF_INET, address, &place.sin_addr) != 1) fail(address);
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (bind(fd, (struct sockaddr *)&place, sizeof place) || listen(fd, 64)) fail(address);
        watch(fd, 0);
        listeners++;
    }
    fclose(listing);
    struct epoll_event orders = {.events = EPOLLIN, .data.fd = 0};
    epoll_ctl(queue, EPOLL_CTL_ADD, 0, &orders);
    printf("ready %d\n", listeners);
    fflush(stdout);
    for (;;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(queue, events, EVENTS, -1);
        for (int each = 0; each < ready; each++) {
            int fd = events[each].data.fd;
            if (fd == 0) { if (!command()) return 0; }
            else if (!peers[fd]) continue;
            else if (peers[fd]->is_connection) converse(fd);
            else admit(fd);
        }
    }
}
