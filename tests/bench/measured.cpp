/// Runs a command and prints what it took:
///
///   measured COMMAND [ARGUMENT]...
///   MEASURED cpu=SECONDS peak_kb=KIB status=EXIT_STATUS
///
/// A small program of its own, because the peak memory that the system reports for a process begins
/// at the size of the process that started it: started from a Python script, a small program would
/// seem as large as Python. The command's own output goes to standard error.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: measured COMMAND [ARGUMENT]...\n");
    return 2;
  }
  const pid_t child = fork();
  if (child < 0) {
    std::perror("measured: fork");
    return 3;
  }
  if (child == 0) {
    dup2(STDERR_FILENO, STDOUT_FILENO);
    execvp(argv[1], argv + 1);
    std::perror(argv[1]);
    _exit(127);
  }
  int status = 0;
  rusage used{};
  if (wait4(child, &status, 0, &used) != child) {
    std::perror("measured: wait4");
    return 3;
  }
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  std::printf("MEASURED cpu=%.6f peak_kb=%ld status=%d\n",
              seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss,
              WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 0;
}
