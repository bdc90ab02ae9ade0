/// The bytes of a heap with a young and an old generation: what is in use, what is garbage, what a
/// collection copies and what it leaves. Counts bytes and moves nothing.
///
///   allocate --> [ young ] --young collection--> what is still in use is promoted --> [ old ]
///                                                                    full collection: no garbage
///
/// Rules: what is allocated is young until the next young collection; what is in use then goes to
/// the old generation, so that memory that is held over a collection becomes old garbage when it is
/// given back. What is larger than the young generation is allocated old. Source: Jones, Hosking,
/// Moss, The Garbage Collection Handbook, 2012, ch. 9. Does not model: survivor spaces (each object
/// is promoted by the first collection it survives), fragmentation, references between the
/// generations.
#pragma once

#include <cstdint>

namespace faultline::models {

class GenerationalHeap {
 public:
  /// Memory in use by one holder. Made empty, and to be given back before it is destroyed.
  struct Kept {
    std::int64_t young = 0;  ///< Bytes allocated since the young collection `epoch`.
    std::int64_t old = 0;    ///< Bytes in the old generation.
    std::uint64_t epoch = 0;
    std::int64_t total() const { return young + old; }
  };

  /// `size`: bytes of both generations. Requires: 0 <= young_size <= size; without a young
  /// generation (0) everything is old.
  GenerationalHeap(std::int64_t size, std::int64_t young_size)
      : size_(size), young_size_(young_size) {}

  bool fits(std::int64_t bytes) const { return bytes <= size_ - used(); }
  /// Allocates what nobody will hold: garbage at once.
  void allocate_garbage(std::int64_t bytes) {
    (is_young(bytes) ? young_used_ : old_used_) += bytes;
  }
  /// Allocates what `holder` has in use until it gives it back.
  void allocate(Kept& holder, std::int64_t bytes);
  /// `bytes` of what `holder` has in use are garbage from now on, the youngest first; at most all.
  void give_back(Kept& holder, std::int64_t bytes);

  /// What a young collection has to copy: the bytes of the young generation that are in use.
  std::int64_t young_live() const { return young_live_; }
  std::int64_t live() const { return young_live_ + old_live_; }
  std::int64_t young_used() const { return young_used_; }
  std::int64_t old_used() const { return old_used_; }
  std::int64_t used() const { return young_used_ + old_used_; }
  std::int64_t garbage() const { return used() - live(); }
  std::int64_t size() const { return size_; }
  std::int64_t young_size() const { return young_size_; }
  std::int64_t old_size() const { return size_ - young_size_; }
  bool young_is_full() const { return young_used_ >= young_size_ && young_used_ > 0; }

  /// Promotes what is in use and frees the rest of the young generation. Returns the bytes copied.
  std::int64_t collect_young();
  /// Leaves what is in use, all of it old. Returns the bytes that were in use.
  std::int64_t collect_all();
  /// A collection beside the program: frees the garbage that there was when it began, and not what
  /// became garbage since.
  std::int64_t garbage_now() const { return garbage(); }
  void free_garbage(std::int64_t bytes);

 private:
  bool is_young(std::int64_t bytes) const { return bytes <= young_size_; }
  void settle(Kept& holder) const;

  std::int64_t size_;
  std::int64_t young_size_;
  std::int64_t young_used_ = 0;  ///< State.
  std::int64_t young_live_ = 0;  ///< State.
  std::int64_t old_used_ = 0;    ///< State.
  std::int64_t old_live_ = 0;    ///< State.
  std::uint64_t epoch_ = 0;      ///< Young collections so far. State.
};

}  // namespace faultline::models
