#define _GNU_SOURCE
#include "CSystem.h"
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

// Files that are being written: their memory is never released, so that a handler may read it at any moment.
enum { FREE, TAKEN, PENDING };
static struct {
    atomic_int state;
    char path[PATH_MAX];
} pending[8];
static atomic_int interrupted;

int32_t system_interrupted(void) { return atomic_load_explicit(&interrupted, memory_order_relaxed); }

int32_t system_pending_add(const char *path) {
    size_t size = strlen(path) + 1;
    if (size > sizeof pending[0].path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    for (int32_t slot = 0; slot < (int32_t)(sizeof pending / sizeof pending[0]); slot++) {
        int expected = FREE;
        if (!atomic_compare_exchange_strong(&pending[slot].state, &expected, TAKEN)) continue;
        memcpy(pending[slot].path, path, size);
        atomic_store(&pending[slot].state, PENDING);
        return slot;
    }
    errno = EMFILE;
    return -1;
}

void system_pending_remove(int32_t slot) { atomic_store(&pending[slot].state, FREE); }

static void remove_pending(void) {
    for (size_t slot = 0; slot < sizeof pending / sizeof pending[0]; slot++)
        if (atomic_load(&pending[slot].state) == PENDING) unlink(pending[slot].path);
}

static void write_text(const char *text) { (void)!write(2, text, strlen(text)); }

static void on_interrupt(int number) {
    int code = errno;
    remove_pending();
    if (number == SIGALRM || atomic_exchange(&interrupted, 1)) {
        const char *name = system_argument_count() > 0 ? system_argument(0) : "";
        const char *slash = strrchr(name, '/');
        write_text(slash ? slash + 1 : name);
        write_text(": interrupted\n");
        _exit(130);
    }
    alarm(5); // for a loop that does not look at the flag
    errno = code;
}

void system_interrupts_install(void) {
    // No SA_RESTART: a call that waits must end, so that its caller sees the flag.
    struct sigaction action = {.sa_handler = on_interrupt};
    sigfillset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct sigaction previous;
    // Under nohup a program stays when its terminal goes.
    int stays = sigaction(SIGHUP, NULL, &previous) == 0 && previous.sa_handler == SIG_IGN;
    if (!stays) sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void write_address(uint64_t address) {
    char line[] = "trap 0x0000000000000000\n";
    for (int i = 0; i < 16; i++) line[7 + i] = "0123456789abcdef"[address >> (60 - 4 * i) & 15];
    (void)!write(2, line, sizeof line - 1);
}

// A failed check of Embedded Swift is a trap without a message. These addresses, of the trap and of its callers (our
// code keeps frame pointers), become lines again by `llvm-symbolizer --obj=UNSTRIPPED ADDRESS...`.
static void on_trap(int number, siginfo_t *info, void *context) {
    (void)info;
    remove_pending();
    const ucontext_t *state = context;
#if defined(__aarch64__)
    uint64_t counter = state->uc_mcontext.pc, frame = state->uc_mcontext.regs[29];
#else
    uint64_t counter = (uint64_t)state->uc_mcontext.gregs[REG_RIP];
    uint64_t frame = (uint64_t)state->uc_mcontext.gregs[REG_RBP];
#endif
    write_address(counter);
#if defined(__aarch64__)
    write_address(state->uc_mcontext.regs[30] - 1); // the caller, where the trap is in a leaf without a frame
#endif
    for (int i = 0; i < 16 && frame && frame % 8 == 0; i++) {
        const uint64_t *link = (const uint64_t *)frame;
        if (!link[1]) break;
        write_address(link[1] - 1);
        if (link[0] <= frame || link[0] - frame > 1 << 20) break;
        frame = link[0];
    }
    raise(number); // the default action: SA_RESETHAND
}

void system_report_traps(void) {
    struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_RESETHAND | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTRAP, &action, NULL);
    sigaction(SIGILL, &action, NULL);
}
