/// MMPP2, a Markov-modulated Poisson process of two states: bursts. Arrivals are Poisson at rate1
/// for an exponential time of mean time1, then at rate2 for one of mean time2, and so on. It starts
/// in equilibrium. Mean rate = (rate1 time1 + rate2 time2) / (time1 + time2). With r_i = 1 /
/// time_i, the index of dispersion of the counts in an interval t (variance over mean) is
///
///   1 + c - c (1 - e^(-(r_1 + r_2) t)) / ((r_1 + r_2) t),
///   c = 2 r_1 r_2 (rate1 - rate2)^2 / ((r_1 + r_2)^2 (rate1 r_2 + rate2 r_1)).
///
/// Source: Fischer and Meier-Hellstern, "The Markov-modulated Poisson Process (MMPP) Cookbook",
/// Performance Evaluation 18, 1993.
#include <array>

#include "sim/random/arrival_process.hpp"
#include "sim/random/variates.hpp"

namespace faultline::sim {
namespace {

struct Mmpp2Params {
  Rate rate1;
  Rate rate2;
  Duration time1{};
  Duration time2{};

  static void describe(ParamList<Mmpp2Params>& list) {
    const Rate most{ArrivalProcess::rate_max};
    list.add("rate1", &Mmpp2Params::rate1, "Arrivals a second in the first state")
        .required()
        .between(Rate{0}, most);
    list.add("rate2", &Mmpp2Params::rate2, "Arrivals a second in the second state")
        .required()
        .between(Rate{0}, most);
    list.add("time1", &Mmpp2Params::time1, "Mean stay in the first state")
        .required()
        .above(Duration{0});
    list.add("time2", &Mmpp2Params::time2, "Mean stay in the second state")
        .required()
        .above(Duration{0});
  }
  static void check(const Mmpp2Params& params, const Path& path, Problems& problems) {
    if (params.rate1.per_second == 0 && params.rate2.per_second == 0) {
      problems.add(path, "expected an arrival rate above 0 in at least one state");
      return;
    }
    // Fewer would take for ever to find the next arrival, changing state all the while.
    constexpr double arrivals_per_cycle_min = 1e-6;
    if (params.rate1.per_second * to_seconds(params.time1) +
            params.rate2.per_second * to_seconds(params.time2) <
        arrivals_per_cycle_min) {
      problems.add(path, "expected an arrival at least every million cycles of both states");
    }
  }
};

class Mmpp2 final : public ArrivalProcess {
 public:
  Mmpp2(const Mmpp2Params& params, const MakeArgs&)
      : states_{State(params.rate1, params.time1), State(params.rate2, params.time2)} {}

  Rate mean_rate() const override {
    const double time = states_[0].stay + states_[1].stay;
    return {1e9 * (states_[0].arrivals * (states_[0].stay / time) +
                   states_[1].arrivals * (states_[1].stay / time))};
  }

 private:
  struct State {
    State(Rate rate, Duration time)
        : stay(static_cast<double>(time.count())),
          arrivals(rate.per_second * 1e-9),
          mean_step(1 / (arrivals + 1 / stay)),
          arrival_probability(arrivals * mean_step) {}
    double stay;                 ///< Mean stay, nanoseconds.
    double arrivals;             ///< A nanosecond.
    double mean_step;            ///< Mean time to an arrival or the end of the stay.
    double arrival_probability;  ///< That it is an arrival.
  };

  double gap(Stream& stream) override {
    if (!started_) {
      started_ = true;
      in_second_ = stream.uniform() * (states_[0].stay + states_[1].stay) >= states_[0].stay;
    }
    double time = 0;
    for (;;) {
      const State& state = states_[in_second_ ? 1 : 0];
      time += state.mean_step * standard_exponential(stream);
      if (stream.chance(state.arrival_probability)) return time;
      in_second_ = !in_second_;
    }
  }

  std::array<State, 2> states_;
  bool started_ = false;    ///< Whether the first state has been drawn. State.
  bool in_second_ = false;  ///< Which state holds now. State.
};

const Registration<ArrivalProcess, Mmpp2, Mmpp2Params> registered{
    {.name = "mmpp2",
     .title = "Bursty arrivals (MMPP2)",
     .summary = "Poisson arrivals at one rate for an exponential time, then at another, and so on: "
                "bursts. Starts in equilibrium.",
     .source = "Fischer and Meier-Hellstern, The Markov-modulated Poisson Process (MMPP) Cookbook, "
               "1993",
     .example = "mmpp2(1000/s, 100/s, 1s, 5s)"}};

}  // namespace
}  // namespace faultline::sim
