/// Storage that costs nothing and loses nothing: what a database does is all in its service times.
///
/// Does not model: disks, pages, logs; what a crash loses.
#include "models/storage/storage_engine.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Task;

struct MemoryParams {
  static void describe(sim::ParamList<MemoryParams>&) {}
};

class Memory final : public StorageEngine {
 public:
  Memory(const MemoryParams&, const sim::BuildContext&) {}

  bool is_free() const override { return true; }
  Task<void> read(std::uint64_t, std::int64_t) override { co_return; }
  Task<void> write(std::uint64_t, std::int64_t) override { co_return; }
  LogPosition append(std::int64_t) override { return ++last_; }
  Task<void> sync(LogPosition) override { co_return; }
  LogPosition survives() const override { return last_; }
  Task<void> recover() override { co_return; }

 private:
  LogPosition last_ = 0;
};

const sim::Registration<StorageEngine, Memory, MemoryParams> registered{
    {.name = "memory",
     .title = "Without a disk",
     .summary = "Costs nothing and loses nothing, not even in a crash: what a database does is all "
                "in its service times.",
     .does_not_model = "disks, pages, logs; what a crash loses"}};

}  // namespace
}  // namespace faultline::models
