#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include "CSystem.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int32_t system_open(const char *path, uint32_t flags, uint32_t permissions) {
    int access = flags & SYSTEM_WRITE ? (flags & SYSTEM_READ ? O_RDWR : O_WRONLY) : O_RDONLY;
    if (flags & SYSTEM_CREATE) access |= O_CREAT;
    if (flags & SYSTEM_EXCLUSIVE) access |= O_EXCL;
    if (flags & SYSTEM_TRUNCATE) access |= O_TRUNC;
    if (flags & SYSTEM_NONBLOCKING) access |= O_NONBLOCK;
    return open(path, access | O_CLOEXEC | O_NOCTTY, permissions);
}

int32_t system_close(int32_t descriptor) { return close(descriptor); }

ptrdiff_t system_read(int32_t descriptor, void *bytes, size_t count) { return read(descriptor, bytes, count); }

ptrdiff_t system_write(int32_t descriptor, const void *bytes, size_t count) { return write(descriptor, bytes, count); }

int32_t system_ioctl(int32_t descriptor, unsigned long request, void *argument) {
    return ioctl(descriptor, request, argument);
}

int32_t system_poll(int32_t descriptor, int32_t milliseconds) {
    struct pollfd poller = {.fd = descriptor, .events = POLLIN};
    return poll(&poller, 1, milliseconds);
}

void *system_map(int32_t descriptor, size_t length, int64_t offset, int32_t writable) {
    void *address = mmap(NULL, length, writable ? PROT_READ | PROT_WRITE : PROT_READ,
                         writable ? MAP_SHARED : MAP_PRIVATE, descriptor, offset);
    return address == MAP_FAILED ? NULL : address;
}

enum { RESERVE_ALIGNMENT = 64 };

void *system_reserve(size_t length) {
    // calloc takes large blocks untouched from the system, and AddressSanitizer watches its ends.
    char *block = calloc(1, length + RESERVE_ALIGNMENT);
    if (!block) { return NULL; }
    size_t shift = RESERVE_ALIGNMENT - (uintptr_t)block % RESERVE_ALIGNMENT;
    char *address = block + shift;
    address[-1] = (char)shift;
    return address;
}

void system_reserve_end(void *memory) {
    char *address = memory;
    free(address - (unsigned char)address[-1]);
}

int32_t system_unmap(void *address, size_t length) { return munmap(address, length); }

int32_t system_sync(int32_t descriptor) { return fsync(descriptor); }

static int32_t kind_of(const struct stat *status) {
    if (S_ISREG(status->st_mode)) return SYSTEM_REGULAR;
    if (S_ISDIR(status->st_mode)) return SYSTEM_DIRECTORY;
    return S_ISCHR(status->st_mode) ? SYSTEM_CHARACTER_DEVICE : SYSTEM_OTHER;
}

int32_t system_status(int32_t descriptor, int64_t *size) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return -1;
    *size = status.st_size;
    return kind_of(&status);
}

int32_t system_kind(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 ? kind_of(&status) : -1;
}

int32_t system_rename(const char *from, const char *to) { return rename(from, to); }

int32_t system_remove(const char *path) { return remove(path); }

int32_t system_make_directory(const char *path) { return mkdir(path, 0777); }

char *system_resolve(const char *path) { return realpath(path, NULL); }

void system_release(void *memory) { free(memory); }

void *system_directory_open(const char *path) { return opendir(path); }

int32_t system_directory_next(void *directory, const char **name) {
    errno = 0;
    const struct dirent *entry = readdir(directory);
    if (entry == NULL) return errno ? -1 : 0;
    *name = entry->d_name;
    return 1;
}

void system_directory_close(void *directory) { closedir(directory); }
