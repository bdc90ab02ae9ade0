/// SWIM: every member asks one other each period whether it is there, and news of who is not
/// travels on these questions and answers.
///
///   period:  ping --> X            ack?  X is alive
///              | no ack for ping_timeout
///            ping_req --> k others --> ping --> X --> ack --> back
///              | no ack until the end of the period
///            X is suspect; all hear of it. X too: then it says so, with a higher incarnation.
///              | suspicion time over
///            X is dead; all hear of it.
///
/// Rule: who is asked goes round a shuffled list (`probe_order` shuffled: everybody is asked once
/// in a round) or is drawn each time (random). A suspicion lasts suspicion_multiplier * max(1,
/// log10 n) periods; with a multiplier of 0 there is none, and who does not answer is dead at once
/// (the protocol of section 3). An update is passed on retransmit_multiplier * ceil(log10(n + 1))
/// times by each member. Of what is said about a member the higher incarnation counts, and of equal
/// ones dead before suspect before alive; only a member itself raises its incarnation. Who is
/// thought suspect or dead is told so first in every message to him. Every `reconnect_interval` a
/// member asks one of the dead, with the probability dead / living, so that the sides of a cut find
/// each other again.
/// With `lifeguard`: who fails to get answers takes itself for slow and is more patient, up to nine
/// times (local health); who is asked to ask says nack if it got no answer; and a suspicion lasts
/// six times as long at first, less with each member that shares it.
/// Source: Das, Gupta, Motivala, "SWIM: Scalable Weakly-consistent Infection-style Process Group
/// Membership Protocol", DSN 2002; Dadgar, Phillips, Currey, "Lifeguard: Local Health Awareness for
/// More Accurate Failure Detection", DSN-W 2018; HashiCorp memberlist and Serf (multipliers,
/// logarithms, reconnection).
/// Does not model: joining a group that is not known, leaving on purpose, memberlist's exchange of
/// full states, its question over TCP and its gossip beside the questions.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "models/algorithms/membership/membership_protocol.hpp"
#include "models/algorithms/membership/update_queue.hpp"
#include "models/algorithms/portable_powers.hpp"
#include "sim/param/assert.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;

struct SwimParams {
  Duration period = std::chrono::seconds(1);
  Duration ping_timeout = std::chrono::milliseconds(500);
  std::int64_t indirect_probes = 3;
  double suspicion_multiplier = 4;
  double retransmit_multiplier = 4;
  std::int64_t updates_per_message = 6;
  std::string probe_order = "shuffled";
  Duration reconnect_interval = std::chrono::seconds(30);
  bool lifeguard = false;

  static void describe(sim::ParamList<SwimParams>& list) {
    list.add("period", &SwimParams::period, "Time between questions of one member")
        .above(Duration(0));
    list.add("ping_timeout", &SwimParams::ping_timeout,
             "Without an answer for so long, others are asked to ask; longer than a round trip")
        .above(Duration(0));
    list.add("indirect_probes", &SwimParams::indirect_probes, "How many others")
        .unit("members")
        .between(0, 100);
    list.add("suspicion_multiplier", &SwimParams::suspicion_multiplier,
             "How long a suspicion lasts: times max(1, log10 of the members) periods; 0: who does "
             "not answer is dead at once")
        .between(0, 1000);
    list.add("retransmit_multiplier", &SwimParams::retransmit_multiplier,
             "How often a member passes an update on: times ceil(log10(members + 1))")
        .between(1, 100);
    list.add("updates_per_message", &SwimParams::updates_per_message,
             "Updates that a message carries at most")
        .unit("updates")
        .between(1, 1000);
    list.add("probe_order", &SwimParams::probe_order,
             "Who is asked: shuffled: all in turns, in a new order each round; random: anybody")
        .one_of({"shuffled", "random"});
    list.add("reconnect_interval", &SwimParams::reconnect_interval,
             "Time between questions to one of those it thinks dead")
        .above(Duration(0));
    list.add("lifeguard", &SwimParams::lifeguard,
             "Patience of who may be slow itself, and of suspicions that nobody shares");
  }
  static void check(const SwimParams& params, const sim::Path& path, sim::Problems& problems) {
    if (params.ping_timeout >= params.period) {
      problems.add(path / "ping_timeout", "others are to be asked before the period ends",
                   "give less than `period`");
    }
  }
};

Duration times(Duration duration, double factor) {
  return Duration(
      static_cast<std::int64_t>(std::floor(static_cast<double>(duration.count()) * factor + 0.5)));
}

double log10_of(double value) { return log_of_two(value) * 0.30102999566398119521; }

class Swim final : public MembershipProtocol {
 public:
  Swim(const SwimParams& params, const MakeArgs& args)
      : params_(params),
        self_(static_cast<std::uint32_t>(args.self)),
        random_(args.random),
        members_(args.members) {
    SIM_ASSERT(args.self < args.members);
  }

  void start(Duration now, double phase) override {
    const std::size_t count = members_.size();
    members_.assign(count, Member{});
    updates_.clear();
    suspicions_.clear();
    deadlines_.clear();
    relays_.clear();
    order_.clear();
    incarnation_ = 0;
    health_ = 0;
    dead_ = 0;
    probe_ = Probe{};
    period_end_ = now + times(params_.period, phase);
    reconnect_at_ = now + params_.reconnect_interval;
  }

  Duration wakeup() const override {
    Duration next = std::min(period_end_, reconnect_at_);
    if (probe_.waits_for_direct) next = std::min(next, probe_.timeout);
    for (const auto& [sequence, relay] : relays_) next = std::min(next, relay.nack_at);
    if (!deadlines_.empty()) next = std::min(next, deadlines_.begin()->first);
    return next;
  }

  void wake(Duration now) override {
    if (probe_.waits_for_direct && probe_.timeout <= now) ask_others();
    for (auto relay = relays_.begin(); relay != relays_.end();) {
      if (relay->second.nack_at > now) {
        ++relay;
        continue;
      }
      if (params_.lifeguard) {
        tell(relay->second.origin,
             {.kind = MembershipMessage::Kind::nack, .sequence = relay->second.sequence});
      }
      relay = relays_.erase(relay);
    }
    while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
      const std::uint32_t member = deadlines_.begin()->second;
      apply({.member = member,
             .incarnation = members_[member].incarnation,
             .state = MemberState::dead,
             .from = self_},
            now);
    }
    if (reconnect_at_ <= now) reconnect(now);
    if (period_end_ <= now) next_period(now);
  }

  void receive(Duration now, std::size_t sender, const MembershipMessage& message) override {
    using Kind = MembershipMessage::Kind;
    const auto from = static_cast<std::uint32_t>(sender);
    for (const MemberUpdate& update : message.updates) apply(update, now);
    switch (message.kind) {
      case Kind::ping:
        tell(from, {.kind = Kind::ack, .sequence = message.sequence});
        break;
      case Kind::ping_req: {
        const std::uint32_t sequence = ++sequences_;
        // Early enough for the answer to be there before the one who asked gives up.
        relays_[sequence] = {from, message.sequence, now + times(params_.ping_timeout, 0.8)};
        tell(message.subject, {.kind = Kind::ping, .sequence = sequence});
        break;
      }
      case Kind::ack: {
        const auto relay = relays_.find(message.sequence);
        if (relay != relays_.end()) {
          tell(relay->second.origin, {.kind = Kind::ack, .sequence = relay->second.sequence});
          relays_.erase(relay);
        } else if (probe_.open && message.sequence == probe_.sequence) {
          probe_.open = probe_.waits_for_direct = false;
          adjust_health(-1);
        }
        break;
      }
      case Kind::nack:
        if (probe_.open && message.sequence == probe_.sequence) ++probe_.nacks;
        break;
      case Kind::heartbeat:
        break;
    }
  }

  MemberState state_of(std::size_t member) const override { return members_[member].state; }

 private:
  struct Member {
    MemberState state = MemberState::alive;
    std::uint32_t incarnation = 0;
  };
  /// The question of this period.
  struct Probe {
    bool open = false;  ///< Not answered.
    bool waits_for_direct = false;
    std::uint32_t member = 0;
    std::uint32_t sequence = 0;
    Duration timeout{};
    std::int64_t asked = 0;  ///< Others who were asked to ask.
    std::int64_t nacks = 0;
  };
  /// A question that this member asks for another.
  struct Relay {
    std::uint32_t origin;
    std::uint32_t sequence;  ///< As the other numbered it.
    Duration nack_at;
  };
  struct Suspicion {
    Duration since;
    Duration deadline;
    std::set<std::uint32_t> shared_by;
  };

  double others() const { return static_cast<double>(members_.size() - 1); }
  std::size_t transmissions() const {
    const auto members = static_cast<double>(members_.size());
    return static_cast<std::size_t>(
        std::ceil(params_.retransmit_multiplier * std::ceil(log10_of(members + 1) - 1e-9) - 1e-9));
  }
  Duration patience(Duration duration) const { return duration * (health_ + 1); }
  void adjust_health(std::int64_t by) {
    if (params_.lifeguard) health_ = std::clamp<std::int64_t>(health_ + by, 0, 8);
  }

  /// Sends a message with news on it; the one it goes to is told first what is thought of him.
  void tell(std::uint32_t to, MembershipMessage message) {
    const Member& him = members_[to];
    if (him.state != MemberState::alive) {
      message.updates.push_back({to, him.incarnation, him.state, self_});
    }
    updates_.take(message.updates, static_cast<std::size_t>(params_.updates_per_message),
                  transmissions());
    send(to, std::move(message));
  }

  void next_period(Duration now) {
    if (probe_.open) {
      // With nacks it is known how many of those asked are there: the others may be this member's
      // own affair.
      const bool can_tell = params_.lifeguard && probe_.asked > 0;
      adjust_health(can_tell ? probe_.asked - probe_.nacks : 1);
      const Member& member = members_[probe_.member];
      if (member.state != MemberState::dead) {
        // Of one who is suspect already, this member shares the suspicion.
        const bool at_once = params_.suspicion_multiplier == 0;
        apply({.member = probe_.member,
               .incarnation = member.incarnation,
               .state = at_once ? MemberState::dead : MemberState::suspect,
               .from = self_},
              now);
      }
    }
    probe_ = Probe{};
    period_end_ = now + patience(params_.period);
    const auto next = next_to_ask();
    if (!next) return;
    probe_ = {.open = true,
              .waits_for_direct = true,
              .member = *next,
              .sequence = ++sequences_,
              .timeout = now + patience(params_.ping_timeout)};
    tell(*next, {.kind = MembershipMessage::Kind::ping, .sequence = probe_.sequence});
  }

  void ask_others() {
    probe_.waits_for_direct = false;
    std::vector<std::uint32_t> able;
    for (std::uint32_t member = 0; member < members_.size(); ++member) {
      const bool fit = member != self_ && member != probe_.member &&
                       members_[member].state == MemberState::alive;
      if (fit) able.push_back(member);
    }
    const auto wanted = static_cast<std::size_t>(params_.indirect_probes);
    for (std::size_t i = 0; i < wanted && i < able.size(); ++i) {
      std::swap(able[i], able[i + random_.below(able.size() - i)]);
      tell(able[i], {.kind = MembershipMessage::Kind::ping_req,
                     .sequence = probe_.sequence,
                     .subject = probe_.member});
      ++probe_.asked;
    }
  }

  std::optional<std::uint32_t> next_to_ask() {
    const auto able = [this](std::uint32_t member) {
      return member != self_ && members_[member].state != MemberState::dead;
    };
    if (dead_ + 1 == members_.size()) return std::nullopt;
    if (params_.probe_order == "random") {
      for (;;) {
        const auto member = static_cast<std::uint32_t>(random_.below(members_.size()));
        if (able(member)) return member;
      }
    }
    for (;;) {
      if (order_.empty()) {
        for (std::uint32_t member = 0; member < members_.size(); ++member) {
          if (member != self_) order_.push_back(member);
        }
        for (std::size_t i = order_.size(); i > 1; --i) {
          std::swap(order_[i - 1], order_[random_.below(i)]);
        }
      }
      const std::uint32_t member = order_.back();
      order_.pop_back();
      if (able(member)) return member;
    }
  }

  void reconnect(Duration now) {
    reconnect_at_ = now + params_.reconnect_interval;
    if (dead_ == 0) return;
    const double living = others() - static_cast<double>(dead_) + 1;
    if (random_.uniform() >= static_cast<double>(dead_) / living) return;
    std::uint64_t which = random_.below(dead_);
    for (std::uint32_t member = 0; member < members_.size(); ++member) {
      if (members_[member].state != MemberState::dead || which-- != 0) continue;
      tell(member, {.kind = MembershipMessage::Kind::ping, .sequence = ++sequences_});
      return;
    }
  }

  void apply(const MemberUpdate& update, Duration now) {
    if (update.member == self_) return defend(update);
    Member& member = members_[update.member];
    if (update.state == MemberState::suspect && member.state == MemberState::suspect &&
        update.incarnation == member.incarnation) {
      return share_suspicion(update);
    }
    const bool newer = update.incarnation > member.incarnation;
    const bool same_and_worse =
        update.incarnation == member.incarnation && update.state > member.state;
    if (!newer && !same_and_worse) return;
    // Whoever is dead and is said to be suspect, or dead once more, stays dead.
    const bool stays_dead = member.state == MemberState::dead && update.state != MemberState::alive;
    member.incarnation = update.incarnation;
    if (stays_dead) return;
    end_suspicion(update.member);
    if (member.state != update.state) {
      dead_ += update.state == MemberState::dead;
      dead_ -= member.state == MemberState::dead;
      member.state = update.state;
      conclude(update.member, update.state);
    }
    if (update.state == MemberState::suspect) begin_suspicion(update, now);
    updates_.push(update);
  }

  /// Somebody thinks that this member is suspect or dead: it is not.
  void defend(const MemberUpdate& update) {
    if (update.state == MemberState::alive || update.incarnation < incarnation_) return;
    incarnation_ = update.incarnation + 1;
    updates_.push({self_, incarnation_, MemberState::alive, self_});
    adjust_health(1);
  }

  /// Other members who have to share a suspicion for it to be as short as it can be.
  double shared_wanted() const {
    if (!params_.lifeguard) return 0;
    const double wanted = std::floor(params_.suspicion_multiplier) - 2;
    return others() - 1 < wanted || wanted < 1 ? 0 : wanted;
  }
  Duration suspicion_time(const Suspicion& suspicion) const {
    const double members = static_cast<double>(members_.size());
    const double least =
        params_.suspicion_multiplier * std::max(1.0, log10_of(std::max(1.0, members)));
    const double wanted = shared_wanted();
    if (wanted == 0) return times(params_.period, least);
    const double most = 6 * least;
    const double shared = static_cast<double>(suspicion.shared_by.size()) - 1;
    const double factor = log_of_two(shared + 1) / log_of_two(wanted + 1);
    return times(params_.period, std::max(least, most - (most - least) * factor));
  }
  void begin_suspicion(const MemberUpdate& update, Duration now) {
    Suspicion suspicion{now, now, {update.from}};
    suspicion.deadline = now + suspicion_time(suspicion);
    deadlines_.insert({suspicion.deadline, update.member});
    suspicions_[update.member] = std::move(suspicion);
  }
  void end_suspicion(std::uint32_t member) {
    const auto suspicion = suspicions_.find(member);
    if (suspicion == suspicions_.end()) return;
    deadlines_.erase({suspicion->second.deadline, member});
    suspicions_.erase(suspicion);
  }
  void share_suspicion(const MemberUpdate& update) {
    Suspicion& suspicion = suspicions_[update.member];
    if (static_cast<double>(suspicion.shared_by.size()) > shared_wanted()) return;
    if (!suspicion.shared_by.insert(update.from).second) return;
    deadlines_.erase({suspicion.deadline, update.member});
    suspicion.deadline = suspicion.since + suspicion_time(suspicion);
    deadlines_.insert({suspicion.deadline, update.member});
    updates_.push(update);
  }

  SwimParams params_;  ///< Parameters.
  std::uint32_t self_;
  RandomSource& random_;
  std::vector<Member> members_;  ///< State; that of this one is not used.
  std::size_t dead_ = 0;         ///< Of them.
  std::uint32_t incarnation_ = 0;
  std::int64_t health_ = 0;  ///< How slow it takes itself for: 0 to 8.
  UpdateQueue updates_;
  std::vector<std::uint32_t> order_;  ///< Whom to ask next is the last.
  Probe probe_;
  Duration period_end_{};
  Duration reconnect_at_{};
  std::uint32_t sequences_ = 0;
  std::map<std::uint32_t, Relay> relays_;  ///< By the number of this member's question.
  std::map<std::uint32_t, Suspicion> suspicions_;
  std::set<std::pair<Duration, std::uint32_t>> deadlines_;  ///< Of suspicions.
};

const sim::Registration<MembershipProtocol, Swim, SwimParams> registered{
    {.name = "swim",
     .title = "SWIM",
     .summary = "Each member asks one other each period, through others if need be; suspicions and "
                "news travel on these messages.",
     .source = "Das, Gupta, Motivala, SWIM, DSN 2002; Dadgar, Phillips, Currey, Lifeguard, 2018",
     .does_not_model = "joining, leaving on purpose, exchange of full states",
     .example = R"json({"type": "swim", "period": "1s", "ping_timeout": "500ms"})json"}};

}  // namespace
}  // namespace faultline::models
