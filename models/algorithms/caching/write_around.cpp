/// Write-around: a write goes past the cache to the store; what the cache holds stays as it was
/// until its time is over. Reads are loaded by the cache.
///
/// Rule: nothing that is only written takes room in the cache; a key that is read and written is
/// stale for up to its time to live.
/// Source: Hennessy and Patterson, "Computer Architecture", appendix B (no-write allocate); here
/// for a cache that does not see the writes.
#include "models/algorithms/caching/cache_pattern.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

class WriteAround final : public CachePattern {
 public:
  WriteAround(const sim::NoParams&, const MakeArgs&) {}
  OnWrite on_write() const override { return OnWrite::leave; }
};

const sim::Registration<CachePattern, WriteAround, sim::NoParams> registered{
    {.name = "write_around",
     .title = "Write-around",
     .summary = "A write goes past the cache to the store, and the entry stays as it was until its "
                "time is over.",
     .source = "Hennessy and Patterson, Computer Architecture, appendix B (no-write allocate)"}};

}  // namespace
}  // namespace faultline::models
