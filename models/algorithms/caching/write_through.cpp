/// Write-through: a write goes to the store and then into the cache, and is answered when it is in
/// both; reads are loaded by the cache.
///
/// Rule: what was written is in the cache whether or not anybody will read it. A write of which it
/// is not known whether it took effect erases the entry.
/// Source: Oracle Coherence, "Write-through caching".
/// Does not model: one transaction over both; two writes of one key at the same time may end in
/// another order here than there.
#include "models/algorithms/caching/cache_pattern.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

class WriteThrough final : public CachePattern {
 public:
  WriteThrough(const sim::NoParams&, const MakeArgs&) {}
  OnWrite on_write() const override { return OnWrite::update; }
};

const sim::Registration<CachePattern, WriteThrough, sim::NoParams> registered{
    {.name = "write_through",
     .title = "Write-through",
     .summary = "A write goes to the store, then into the cache, and is answered when it is in "
                "both; the cache loads what it misses.",
     .source = "Oracle Coherence, Write-through caching",
     .does_not_model = "one transaction over cache and store"}};

}  // namespace
}  // namespace faultline::models
