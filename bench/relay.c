/* relay HOST PORT MS: standard input to a TCP port and back, each direction held up by half of MS (ssh's ProxyCommand). Whatever is sent meanwhile is under way together. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 4 << 20, MOST_READ = 64 << 10, MOST_PIECES = 4096 };

/* What one read brought; no bytes: the end. */
struct piece {
    long long due;
    size_t length;
};

/* A direction: two rings, of bytes and of the pieces they came in. */
struct way {
    int from, to, ended;
    size_t first_byte, bytes, first_piece, pieces;
    struct piece piece[MOST_PIECES];
    char byte[ROOM];
};

static struct way there, back;
static long long delay; /* nanoseconds */

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int takes(const struct way *way) {
    return !way->ended && way->pieces < MOST_PIECES && way->bytes < ROOM;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

static void take(struct way *way) {
    size_t end = (way->first_byte + way->bytes) % ROOM;
    size_t room = least(ROOM - way->bytes, ROOM - end);
    ssize_t length = read(way->from, way->byte + end, least(room, MOST_READ));
    if (length < 0 && errno == EINTR) return;
    if (length < 0) length = 0; /* reset: as an end */
    way->ended = length == 0;
    way->bytes += length;
    way->piece[(way->first_piece + way->pieces++) % MOST_PIECES] = (struct piece){now() + delay, length};
}

static void send_on(struct way *way, size_t length) {
    while (length > 0) {
        ssize_t sent = write(way->to, way->byte + way->first_byte, least(length, ROOM - way->first_byte));
        if (sent < 0) fail("relay: write");
        way->first_byte = (way->first_byte + sent) % ROOM;
        way->bytes -= sent;
        length -= sent;
    }
}

/* One piece, so that the other direction need not wait for long. */
static void deliver(struct way *way) {
    struct piece *piece = &way->piece[way->first_piece];
    if (way->pieces == 0 || piece->due > now()) return;
    send_on(way, piece->length);
    if (piece->length == 0 && shutdown(way->to, SHUT_WR) != 0) close(way->to);
    way->first_piece = (way->first_piece + 1) % MOST_PIECES;
    way->pieces--;
}

/* Until there is something to take or to deliver. */
static void wait_for(struct way **ways) {
    struct pollfd polled[2];
    long long due = -1;
    for (int i = 0; i < 2; i++) {
        polled[i] = (struct pollfd){takes(ways[i]) ? ways[i]->from : -1, POLLIN, 0};
        long long first = ways[i]->piece[ways[i]->first_piece].due;
        if (ways[i]->pieces > 0 && (due < 0 || first < due)) due = first;
    }
    long long left = due - now();
    struct timespec limit = {left > 0 ? left / 1000000000 : 0, left > 0 ? left % 1000000000 : 0};
    if (ppoll(polled, 2, due < 0 ? NULL : &limit, NULL) < 0 && errno != EINTR) fail("relay: ppoll");
    for (int i = 0; i < 2; i++)
        if (polled[i].fd >= 0 && polled[i].revents) take(ways[i]);
}

static int connected(const char *host, const char *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    int far = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) fail(host);
    if (far < 0 || connect(far, (struct sockaddr *)&address, sizeof address) != 0) fail(host);
    setsockopt(far, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return far;
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "relay HOST PORT MS\n");
        return 2;
    }
    delay = atof(arguments[3]) * 500000;
    prctl(PR_SET_TIMERSLACK, 1);
    int far = connected(arguments[1], arguments[2]);
    there.to = back.from = far; /* from standard input */
    back.to = STDOUT_FILENO;
    struct way *ways[] = {&there, &back};
    while (!back.ended || back.pieces > 0) {
        wait_for(ways);
        deliver(&there);
        deliver(&back);
    }
    return 0;
}
