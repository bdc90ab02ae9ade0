#include "sim/kernel/page_memory.hpp"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace faultline::sim {
namespace {

constexpr std::size_t small_alignment = 256;

std::align_val_t alignment_of(std::size_t bytes) {
  return std::align_val_t{bytes < huge_page_size ? small_alignment : huge_page_size};
}

}  // namespace

void* take_pages(std::size_t bytes) {
  void* memory = ::operator new(bytes, alignment_of(bytes));
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  // Advice only: without huge pages the memory is as good, but slower. The last page is left alone
  // when it is not full.
  if (bytes >= huge_page_size)
    madvise(memory, bytes / huge_page_size * huge_page_size, MADV_HUGEPAGE);
#endif
  return memory;
}

void give_pages(void* memory, std::size_t bytes) noexcept {
  // Without the size, which clang++ does not hand on unless asked to.
  ::operator delete(memory, alignment_of(bytes));
}

}  // namespace faultline::sim
