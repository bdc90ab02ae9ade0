/// What the commands of the headless program do, once their arguments are read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace faultline::cli {

struct RunArguments {
  std::string file;
  std::optional<std::uint64_t> seed;
  std::uint64_t replications = 1;
  std::uint64_t jobs = 1;
  std::vector<std::string> overrides;  ///< "PATH=VALUE"
  std::string json_file;
  std::string html_file;
  std::string language = "en";
  bool quiet = false;
};

/// Each returns an exit status.
int run_scenario(const RunArguments& arguments);
int validate_scenarios(const std::vector<std::string>& files, const std::string& language);
int list_types(const std::string& name, const std::string& language);
int print_schema();
int write_reference(const std::string& directory, const std::string& language);

struct CacheTraceArguments {
  std::string file;
  std::string policy;
  std::string capacity;
  std::string admission;
  std::string format = "auto";
  std::string json_file;
};
int trace_cache(const CacheTraceArguments& arguments);

struct CheckHistoryArguments {
  std::string file;
  std::string model;
  std::string level;  ///< Empty: the strongest that the model and the file's clock have.
  std::string format = "auto";
  std::optional<std::string> initial;
  std::string budget = "60s";
  std::uint64_t jobs = 1;
  std::string json_file;
};
int check_history(const CheckHistoryArguments& arguments);

struct CalibrateArguments {
  std::vector<std::string> algorithms;  ///< None: all.
};
/// Measures by the wall clock what one counted operation takes here.
int calibrate(const CalibrateArguments& arguments);

struct CapChartArguments {
  std::vector<std::string> files;  ///< Results as JSON.
  std::string html_file;
  std::string language = "en";
};
int draw_cap(const CapChartArguments& arguments);

}  // namespace faultline::cli
