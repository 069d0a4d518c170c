/* Between SQLite and the system, in a child process of the tests: fails the writes and syncs of a
   store's files as the file that PENGUIFLOW_TEST_FAULTS names says. "write 28" fails writes with that
   errno, "sync 5" syncs, and "tear 7" writes half of the seventh write from then on, and ends the
   process. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int is_of_a_store(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return strstr(path, ".db") != NULL;
}

/* The number after the word, if that is what is to happen; -1 otherwise. */
static int told(const char *word, int fd) {
    const char *file = getenv("PENGUIFLOW_TEST_FAULTS");
    if (!file || !is_of_a_store(fd)) return -1;
    int at = open(file, O_RDONLY | O_CLOEXEC);
    if (at < 0) return -1;
    char text[64] = {0};
    ssize_t size = read(at, text, sizeof text - 1);
    close(at);
    size_t length = strlen(word);
    if (size <= 0 || strncmp(text, word, length)) return -1;
    return atoi(text + length);
}

static int written = 0;

/* Whether the write fails; it ends the process in the middle of one that tears. */
static int fails(int fd, const void *bytes, size_t size, off_t offset) {
    int error = told("write", fd);
    if (error > 0) {
        errno = error;
        return 1;
    }
    int tears = told("tear", fd);
    if (tears >= 0 && written++ == tears) {
        ssize_t (*half)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite64");
        ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
        if (offset >= 0) half(fd, bytes, size / 2, offset);
        else next(fd, bytes, size / 2);
        _exit(77);
    }
    return 0;
}

ssize_t write(int fd, const void *bytes, size_t size) {
    if (fails(fd, bytes, size, -1)) return -1;
    ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    return next(fd, bytes, size);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t offset) {
    if (fails(fd, bytes, size, offset)) return -1;
    ssize_t (*next)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite64");
    return next(fd, bytes, size, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) {
    return pwrite64(fd, bytes, size, offset);
}

static int sync_as(const char *name, int fd) {
    int error = told("sync", fd);
    if (error > 0) {
        errno = error;
        return -1;
    }
    int (*next)(int) = dlsym(RTLD_NEXT, name);
    return next(fd);
}

int fsync(int fd) { return sync_as("fsync", fd); }

int fdatasync(int fd) { return sync_as("fdatasync", fd); }
