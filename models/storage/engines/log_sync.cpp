#include "models/storage/engines/log_sync.hpp"

#include "sim/param/param.hpp"

namespace faultline::models {
namespace {

using Mode = LogSyncRule::Mode;

struct NoParams {
  static void describe(sim::ParamList<NoParams>&) {}
};

template <Mode mode>
class PlainSync final : public LogSync {
 public:
  PlainSync(const NoParams&, const MakeArgs&) {}
  LogSyncRule rule() const override { return {.mode = mode}; }
};

struct GroupParams {
  sim::Duration window{};

  static void describe(sim::ParamList<GroupParams>& list) {
    list.add("window", &GroupParams::window,
             "How long a group waits for more before it is synced; 0s: it waits for the sync "
             "before it, and no longer")
        .at_least(sim::Duration(0));
  }
};

class GroupSync final : public LogSync {
 public:
  GroupSync(const GroupParams& params, const MakeArgs&) : params_(params) {}
  LogSyncRule rule() const override { return {.mode = Mode::group, .span = params_.window}; }

 private:
  GroupParams params_;
};

struct IntervalParams {
  sim::Duration every{1'000'000'000};

  static void describe(sim::ParamList<IntervalParams>& list) {
    list.add("every", &IntervalParams::every, "From the end of one sync to the next")
        .above(sim::Duration(0));
  }
};

class IntervalSync final : public LogSync {
 public:
  IntervalSync(const IntervalParams& params, const MakeArgs&) : params_(params) {}
  LogSyncRule rule() const override { return {.mode = Mode::interval, .span = params_.every}; }

 private:
  IntervalParams params_;
};

const sim::Registration<LogSync, PlainSync<Mode::always>, NoParams> always{
    {.name = "always",
     .title = "A sync for each write",
     .summary = "Each write waits for a sync of its own, one after the other. Nothing that was "
                "answered is lost."}};
const sim::Registration<LogSync, GroupSync, GroupParams> group{
    {.name = "group",
     .title = "Group commit",
     .summary = "One sync for all writes that have come since the last one began. Nothing that was "
                "answered is lost.",
     .source = "DeWitt et al., Implementation Techniques for Main Memory Database Systems, SIGMOD "
               "1984; PostgreSQL, commit_delay; MySQL, binlog_group_commit_sync_delay",
     .example = R"json("group(window=2ms)")json"}};
const sim::Registration<LogSync, IntervalSync, IntervalParams> interval{
    {.name = "interval",
     .title = "A sync now and then",
     .summary = "Writes do not wait for the disk. A crash loses what was answered since the last "
                "sync.",
     .source =
         "Redis, appendfsync everysec; MySQL, innodb_flush_log_at_trx_commit = 2; PostgreSQL, "
         "synchronous_commit = off",
     .example = R"json("interval(1s)")json"}};
const sim::Registration<LogSync, PlainSync<Mode::never>, NoParams> never{
    {.name = "never",
     .title = "No sync",
     .summary = "Writes do not wait for the disk. A crash loses what was answered since the last "
                "checkpoint, or what was in memtables.",
     .does_not_model = "pages that the operating system writes by itself"}};

}  // namespace
}  // namespace faultline::models
