#include "CSystem.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

int32_t system_in_child(int32_t (*body)(void *), void *argument) {
    pid_t child = fork();
    if (child < 0) { return -1; }
    if (child == 0) { _exit(body(argument)); }
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) { return -1; }
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
