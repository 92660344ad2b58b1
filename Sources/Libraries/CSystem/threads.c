#define _GNU_SOURCE
#include "CSystem.h"
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(sizeof(pthread_t) == sizeof(unsigned long), "a thread handle is one word");

int32_t system_thread_start(system_thread *thread, void *(*body)(void *), void *argument) {
    // A signal must reach the first thread, whose waiting call it then ends.
    sigset_t ending, previous;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    sigaddset(&ending, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &ending, &previous);
    pthread_t handle;
    int code = pthread_create(&handle, NULL, body, argument);
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
    if (code == 0) thread->handle = (unsigned long)handle;
    return code;
}

int32_t system_thread_join(system_thread thread) { return pthread_join((pthread_t)thread.handle, NULL); }

int32_t system_processor_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
    // More processors than the set has room for.
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (int32_t)count : 1;
}

void system_futex_wait(void *word, uint32_t expected) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
}

void system_futex_wake(void *word, int32_t count) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}
