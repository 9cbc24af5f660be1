/*
 * The load of the read rows. Prints how many operations were done and how many seconds they took.
 *
 *   load make FILE MIB                                   each word of the file is its own offset
 *   load evict FILE                                      drops the file's pages from the kernel's cache, and sees that they are gone
 *   load sequential FILE READERS                         each reads its part of the file, 1 MiB a call
 *   load random FILE THREADS SECONDS direct|cached       4 KiB a call
 *   load stat DIRECTORY THREADS SECONDS                  each one file, asking the file system each time
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MIB = 1 << 20, PAGE = 4096, MOST_THREADS = 256 };

struct work {
    const char *path;
    int number, threads, flags;
    double seconds;
    uint64_t operations;
};

static pthread_barrier_t begun;
static volatile int ended;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static int opened(const char *path, int flags) {
    int fd = open(path, flags, 0600);
    if (fd < 0)
        err(1, "%s", path);
    return fd;
}

static uint64_t size_of(int fd) {
    struct stat status;
    if (fstat(fd, &status) != 0)
        err(1, "fstat");
    return status.st_size;
}

static uint64_t *buffer(size_t bytes) {
    void *memory;
    if (posix_memalign(&memory, PAGE, bytes) != 0)
        errx(1, "no memory");
    return memory;
}

static void read_at(int fd, uint64_t *into, size_t bytes, uint64_t offset) {
    ssize_t got = pread(fd, into, bytes, offset);
    if (got < 0)
        err(1, "read at %lu", offset);
    if ((size_t)got != bytes || into[0] != offset)
        errx(1, "read at %lu: %zd bytes, the first word is %lu", offset, got, into[0]);
}

static void *sequential(void *argument) {
    struct work *work = argument;
    int fd = opened(work->path, O_RDONLY);
    uint64_t part = size_of(fd) / work->threads / MIB * MIB;
    uint64_t *into = buffer(MIB);
    pthread_barrier_wait(&begun);
    for (uint64_t offset = part * work->number; offset < part * (work->number + 1); offset += MIB, work->operations++)
        read_at(fd, into, MIB, offset);
    return NULL;
}

static void *random_reads(void *argument) {
    struct work *work = argument;
    int fd = opened(work->path, O_RDONLY | work->flags);
    uint64_t pages = size_of(fd) / PAGE, state = 88172645463325252u + work->number * 7919u;
    uint64_t *into = buffer(PAGE);
    pthread_barrier_wait(&begun);
    for (; !ended; work->operations++) {
        state ^= state << 13; /* xorshift64, Marsaglia 2003 */
        state ^= state >> 7;
        state ^= state << 17;
        read_at(fd, into, PAGE, state % pages * PAGE);
    }
    return NULL;
}

static void *stats(void *argument) {
    struct work *work = argument;
    int directory = opened(work->path, O_RDONLY | O_DIRECTORY);
    char name[32];
    struct statx status;
    snprintf(name, sizeof name, "f%05d", work->number);
    pthread_barrier_wait(&begun);
    for (; !ended; work->operations++)
        if (statx(directory, name, AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &status) != 0)
            err(1, "%s/%s", work->path, name);
    return NULL;
}

/* Runs a thread for each of work.threads, until they end or, if work.seconds is not 0, so long. */
static void run(void *(*thread)(void *), struct work work) {
    pthread_t ids[MOST_THREADS];
    struct work works[MOST_THREADS];
    uint64_t operations = 0;
    if (work.threads < 1 || work.threads > MOST_THREADS)
        errx(1, "1 to %d threads", MOST_THREADS);
    pthread_barrier_init(&begun, NULL, work.threads + 1);
    for (int i = 0; i < work.threads; i++) {
        works[i] = work;
        works[i].number = i;
        pthread_create(&ids[i], NULL, thread, &works[i]);
    }
    pthread_barrier_wait(&begun);
    double start = now();
    if (work.seconds > 0) {
        usleep(work.seconds * 1e6);
        ended = 1;
    }
    for (int i = 0; i < work.threads; i++) {
        pthread_join(ids[i], NULL);
        operations += works[i].operations;
    }
    printf("%lu %.6f\n", operations, now() - start);
}

static void make(const char *path, int mib) {
    int fd = opened(path, O_WRONLY | O_CREAT | O_TRUNC);
    uint64_t *words = buffer(MIB);
    for (uint64_t offset = 0; offset < (uint64_t)mib * MIB; offset += MIB) {
        for (size_t i = 0; i < MIB / sizeof *words; i++)
            words[i] = offset + i * sizeof *words;
        if (write(fd, words, MIB) != MIB)
            err(1, "write to %s", path);
    }
    if (fsync(fd) != 0)
        err(1, "fsync of %s", path);
}

static size_t resident(int fd, size_t bytes) {
    size_t pages = bytes / PAGE, count = 0;
    unsigned char *present = malloc(pages);
    void *mapped = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (present == NULL || mapped == MAP_FAILED || mincore(mapped, bytes, present) != 0)
        err(1, "mincore");
    for (size_t i = 0; i < pages; i++)
        count += present[i] & 1;
    munmap(mapped, bytes);
    free(present);
    return count;
}

static void evict(const char *path) {
    int fd = opened(path, O_RDONLY);
    size_t bytes = size_of(fd), left = 1;
    for (int attempt = 0; left > 0 && attempt < 20; attempt++) {
        if (attempt > 0)
            usleep(50000);
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        left = resident(fd, bytes);
    }
    if (left > 0)
        errx(1, "%s: %zu pages stay in the kernel's cache", path, left);
}

int main(int count, char **given) {
    const char *what = count > 2 ? given[1] : "";
    struct work work = {.path = given[2], .threads = count > 3 ? atoi(given[3]) : 0, .seconds = count > 4 ? atof(given[4]) : 0};
    if (strcmp(what, "make") == 0 && count == 4)
        make(given[2], atoi(given[3]));
    else if (strcmp(what, "evict") == 0 && count == 3)
        evict(given[2]);
    else if (strcmp(what, "sequential") == 0 && count == 4)
        run(sequential, work);
    else if (strcmp(what, "random") == 0 && count == 6) {
        work.flags = strcmp(given[5], "direct") == 0 ? O_DIRECT : 0;
        run(random_reads, work);
    } else if (strcmp(what, "stat") == 0 && count == 5)
        run(stats, work);
    else
        errx(2, "see the head of load.c");
    return 0;
}
