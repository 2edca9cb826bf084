/*
 * Preloaded into a process, writes down what it does to files below a folder, in order: each write with its bytes, each
 * sync once it is over, each rename and unlink. What a power failure would have left at any moment can be told from it.
 *
 * An event: kind (1 byte), lengths of path and second path (2 bytes each), offset (8), length of data (4); then those.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static int trace(void) {
  static int fd = -1;
  if (fd < 0) fd = (int)syscall(SYS_openat, AT_FDCWD, getenv("SYNC_TRACE"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  return fd;
}

static int watched(const char *path) {
  const char *folder = getenv("SYNC_TRACE_FOLDER");
  return folder != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, 4095);
  if (length < 0) return 0;
  path[length] = 0;
  return watched(path);
}

static void note(char kind, const char *path, const char *other, uint64_t offset, const void *data, uint32_t length) {
  char head[17];
  uint16_t path_length = (uint16_t)strlen(path), other_length = (uint16_t)strlen(other);
  head[0] = kind;
  memcpy(head + 1, &path_length, 2);
  memcpy(head + 3, &other_length, 2);
  memcpy(head + 5, &offset, 8);
  memcpy(head + 13, &length, 4);
  struct iovec parts[4] = {
    {head, sizeof head}, {(void *)path, path_length}, {(void *)other, other_length}, {(void *)data, length}};
  syscall(SYS_writev, trace(), parts, 4);
}

static ssize_t written(int fd, const void *data, size_t length, off_t offset, int at) {
  char path[4096];
  if (!path_of(fd, path)) return at ? syscall(SYS_pwrite64, fd, data, length, offset) : syscall(SYS_write, fd, data, length);
  pthread_mutex_lock(&turn);
  if (!at) offset = lseek(fd, 0, SEEK_CUR);
  ssize_t done = at ? syscall(SYS_pwrite64, fd, data, length, offset) : syscall(SYS_write, fd, data, length);
  if (done > 0) note('w', path, "", (uint64_t)offset, data, (uint32_t)done);
  pthread_mutex_unlock(&turn);
  return done;
}

ssize_t write(int fd, const void *data, size_t length) { return written(fd, data, length, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return written(fd, data, length, offset, 1); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { return written(fd, data, length, offset, 1); }

/* LevelDB writes through stdio: what it hands over may reach the file at any moment from then on. */
typedef size_t (*stdio_write)(const void *, size_t, size_t, FILE *);

static size_t handed(const char *name, const void *data, size_t size, size_t count, FILE *file) {
  stdio_write next = (stdio_write)dlsym(RTLD_NEXT, name);
  char path[4096];
  if (!path_of(fileno(file), path)) return next(data, size, count, file);
  pthread_mutex_lock(&turn);
  off_t offset = ftello(file);
  size_t done = next(data, size, count, file);
  if (done > 0) note('w', path, "", (uint64_t)offset, data, (uint32_t)(done * size));
  pthread_mutex_unlock(&turn);
  return done;
}

size_t (fwrite)(const void *data, size_t size, size_t count, FILE *file) { return handed("fwrite", data, size, count, file); }
size_t (fwrite_unlocked)(const void *data, size_t size, size_t count, FILE *file) {
  return handed("fwrite_unlocked", data, size, count, file);
}

static int synced(int fd, long call) {
  char path[4096];
  int done = (int)syscall(call, fd);
  if (done == 0 && path_of(fd, path)) {
    pthread_mutex_lock(&turn);
    note('s', path, "", 0, "", 0);
    pthread_mutex_unlock(&turn);
  }
  return done;
}

int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

int rename(const char *from, const char *to) {
  pthread_mutex_lock(&turn);
  int done = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  if (done == 0 && watched(from)) note('r', from, to, 0, "", 0);
  pthread_mutex_unlock(&turn);
  return done;
}

int unlink(const char *path) {
  pthread_mutex_lock(&turn);
  int done = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  if (done == 0 && watched(path)) note('u', path, "", 0, "", 0);
  pthread_mutex_unlock(&turn);
  return done;
}
