/// Memory for arrays that grow large and are read in random order: on huge pages where the system
/// has them, because the translation of addresses costs more than the reading when a million events
/// wait.
#pragma once

#include <cstddef>
#include <limits>
#include <new>

namespace faultline::sim {

/// What the processors of today call a huge page.
inline constexpr std::size_t huge_page_size = std::size_t{1} << 21;

/// `bytes` of memory, aligned to 256 bytes; from one huge page on aligned to huge pages and asked
/// to be on them. Throws std::bad_alloc.
void* take_pages(std::size_t bytes);
/// Requires: from take_pages of the same size.
void give_pages(void* memory, std::size_t bytes) noexcept;

/// For std::vector.
template <class T>
struct PageAllocator {
  using value_type = T;
  PageAllocator() = default;
  template <class U>
  // NOLINTNEXTLINE(google-explicit-constructor): what allocators are.
  PageAllocator(const PageAllocator<U>&) {}
  T* allocate(std::size_t count) {
    if (count > std::numeric_limits<std::size_t>::max() / sizeof(T))
      throw std::bad_array_new_length();
    return static_cast<T*>(take_pages(count * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t count) noexcept { give_pages(memory, count * sizeof(T)); }
  bool operator==(const PageAllocator&) const = default;
};

}  // namespace faultline::sim
