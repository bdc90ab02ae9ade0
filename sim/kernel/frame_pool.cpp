#include "sim/kernel/frame_pool.hpp"

#include <mutex>

#include "sim/kernel/page_memory.hpp"

namespace faultline::sim {

/// Takes over a thread's free blocks when it ends and hands them to the next thread that runs dry,
/// so that a program that starts many threads does not grow. Chunks are returned to the system when
/// the process ends.
struct FramePoolKeeper {
  std::mutex mutex;
  std::array<FramePool::Block*, FramePool::classes> free{};

  static FramePoolKeeper& instance() {
    static FramePoolKeeper* keeper = new FramePoolKeeper;  // Outlives every thread.
    return *keeper;
  }

  /// Lives in each thread that used the pool; its destructor gives the blocks back.
  struct ThreadEnd {
    ~ThreadEnd() {
      FramePool::Local& local = FramePool::local();
      FramePoolKeeper& keeper = instance();
      const std::lock_guard lock(keeper.mutex);
      for (std::size_t i = 0; i < local.free_.size(); ++i) {
        while (FramePool::Block* block = local.free_[i]) {
          local.free_[i] = block->next;
          block->next = keeper.free[i];
          keeper.free[i] = block;
        }
      }
    }
  };
};

namespace {
constexpr std::size_t line = 64;
}

void* FramePool::refill(std::size_t size_class) {
  Local& pool = local();
  FramePoolKeeper& keeper = FramePoolKeeper::instance();
  if (!pool.registered) {
    static thread_local FramePoolKeeper::ThreadEnd thread_end;
    static_cast<void>(thread_end);
    pool.registered = true;
  }
  {
    const std::lock_guard lock(keeper.mutex);
    if (Block* list = keeper.free[size_class]) {
      keeper.free[size_class] = nullptr;
      pool.free_[size_class] = list->next;
      return list;
    }
  }
  // A block begins a cache line, and shares none with the next one.
  const std::size_t size = (size_class * granule + line - 1) / line * line;
  if (pool.cursor == nullptr || static_cast<std::size_t>(pool.end - pool.cursor) < size) {
    // The first chunk is small; a thread that needs more is likely to need a lot.
    const std::size_t chunk = pool.cursor == nullptr ? chunk_first : huge_page_size;
    pool.cursor = static_cast<std::byte*>(take_pages(chunk));
    pool.end = pool.cursor + chunk;
  }
  void* memory = pool.cursor;
  pool.cursor += size;
  return memory;
}

}  // namespace faultline::sim
