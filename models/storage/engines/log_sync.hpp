/// When a record of the log is made durable, and whether whoever wrote it waits for that. One
/// policy of the kind "log_sync" is one line of this table:
///
///   always     each waits for a sync of its own, one after the other
///   group      one sync for all who have come since the last one began (group commit)
///   interval   nobody waits; a sync now and then
///   never      nobody waits, nothing is synced; a checkpoint or a flush of a memtable is all there is
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/param/units.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

struct LogSyncRule {
  enum class Mode : std::uint8_t { always, group, interval, never };
  Mode mode = Mode::group;
  sim::Duration span{};  ///< Of a group: how long it waits for more. Of an interval: its length.
};

class LogSync {
 public:
  static constexpr std::string_view kind = "log_sync";
  struct MakeArgs {};
  virtual ~LogSync() = default;
  virtual LogSyncRule rule() const = 0;
};

}  // namespace faultline::models
