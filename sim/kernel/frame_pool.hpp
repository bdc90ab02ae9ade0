/// Memory for coroutine frames and messages: size-classed free lists, one set a thread, so that the
/// request path never calls the general allocator. Blocks may be freed on another thread than the
/// one that took them. Under AddressSanitizer the pool steps aside, so that a use after free is
/// seen.
#pragma once

#include <array>
#include <cstddef>
#include <new>

// g++ says it by a macro, clang++ by a feature.
#if defined(__SANITIZE_ADDRESS__)
#define FAULTLINE_FRAMES_FROM_HEAP 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FAULTLINE_FRAMES_FROM_HEAP 1
#endif
#endif

namespace faultline::sim {

class FramePool {
 public:
  static void* take(std::size_t size) {
#if defined(FAULTLINE_FRAMES_FROM_HEAP)
    return ::operator new(size);
#else
    const std::size_t size_class = (size + granule - 1) / granule;
    if (size_class >= classes) return ::operator new(size);
    Block*& head = local().free_[size_class];
    if (!head) return refill(size_class);
    Block* block = head;
    head = block->next;
    return block;
#endif
  }
  static void give(void* memory, [[maybe_unused]] std::size_t size) {
#if defined(FAULTLINE_FRAMES_FROM_HEAP)
    ::operator delete(memory);
#else
    const std::size_t size_class = (size + granule - 1) / granule;
    if (size_class >= classes) return ::operator delete(memory);
    Block* block = static_cast<Block*>(memory);
    Block*& head = local().free_[size_class];
    block->next = head;
    head = block;
#endif
  }

 private:
  static constexpr std::size_t granule = 32;
  static constexpr std::size_t classes = 65;  // up to 2 KiB
  static constexpr std::size_t chunk_first = std::size_t{256} * 1024;
  struct Block {
    Block* next;
  };
  struct Local {
    std::array<Block*, classes> free_{};
    std::byte* cursor = nullptr;
    std::byte* end = nullptr;
    bool registered = false;
  };
  static Local& local() {
    static thread_local constinit Local pool;
    return pool;
  }
  static void* refill(std::size_t size_class);
  friend struct FramePoolKeeper;
};

}  // namespace faultline::sim
