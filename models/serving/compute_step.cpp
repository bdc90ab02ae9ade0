/// `compute(find_duplicates_linear, n=10000)`: runs real code on real data and takes a core for as
/// long as its operations need.
///
///   data of size n --> the code, whose operations are counted --> operations / operation_rate of CPU
///
/// Rule: the time is the number of operations divided by `operation_rate`, which belongs to a
/// machine and is measured by `faultline calibrate`, never during a run. The code runs once for
/// each server, on data that stay the same, or with `fresh_data` for each request on data of its
/// own. Does not model: that an operation takes longer where the data no longer fit into a cache.
#include "models/algorithms/computing/computation.hpp"
#include "models/random_adapter.hpp"
#include "models/serving/step.hpp"

namespace faultline::models {
namespace {

struct ComputeParams {
  sim::Choice<Computation> algorithm;
  std::int64_t n = 0;
  sim::Rate operation_rate{500e6};
  bool fresh_data = false;

  static void describe(sim::ParamList<ComputeParams>& list) {
    list.add("algorithm", &ComputeParams::algorithm, "What is computed").required();
    list.add("n", &ComputeParams::n, "The size of its data: numbers, or bytes of text")
        .required()
        .between(0, 64'000'000);
    list.add("operation_rate", &ComputeParams::operation_rate,
             "Operations that one core does in a second; `faultline calibrate` measures it")
        .above(sim::Rate{0});
    list.add("fresh_data", &ComputeParams::fresh_data,
             "Whether each request has data of its own, on which the code runs anew; the run takes "
             "as much longer");
  }
  static void check(const ComputeParams& params, const sim::Path& path, sim::Problems& problems) {
    if (!params.algorithm) return;
    const std::int64_t most = params.algorithm.make({})->size_max();
    if (params.n > most) {
      problems.add(path / "n", "expected at most " + std::to_string(most) + " for " +
                                   params.algorithm.name() + ", got " + std::to_string(params.n));
    }
  }
};

class ComputeStep final : public Step {
 public:
  ComputeStep(const ComputeParams& params, const StepContext& context)
      : host_(context.host),
        algorithm_(params.algorithm.make({})),
        n_(params.n),
        operation_rate_(params.operation_rate.per_second),
        fresh_data_(params.fresh_data),
        random_(context.build.stream(context.path)) {}

  sim::Task<sim::Reply> run(Job& job, const sim::Request&) override {
    const ServiceTime::Draw work{time_of_one(), sim::EventQueue::no_lane};
    co_await host_.use(job, work);
    co_return sim::Reply::ok();
  }

 private:
  sim::Duration time_of_one() {
    if (fresh_data_ || !known_) {
      const std::uint64_t operations = algorithm_->run(n_, random_).operations;
      time_ = sim::from_seconds(static_cast<double>(operations) / operation_rate_);
      known_ = true;
    }
    return time_;
  }

  Host& host_;
  std::unique_ptr<Computation> algorithm_;
  std::int64_t n_;
  double operation_rate_;
  bool fresh_data_;
  StreamSource random_;
  bool known_ = false;    ///< State.
  sim::Duration time_{};  ///< Of the last data. State.
};

const sim::Registration<Step, ComputeStep, ComputeParams> registered{
    {.name = "compute",
     .title = "Computation",
     .summary = "Runs real code on data of size n and takes a core for as long as its counted "
                "operations need.",
     .does_not_model = "that an operation takes longer where the data no longer fit into a cache",
     .example =
         R"json({"type": "compute", "algorithm": "find_duplicates_linear", "n": 10000, "operation_rate": "500000000/s"})json"}};

}  // namespace
}  // namespace faultline::models
