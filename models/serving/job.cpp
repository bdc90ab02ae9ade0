#include "models/serving/job.hpp"

#include <fmt/format.h>

#include "models/serving/step.hpp"

namespace faultline::models {

Job::Job(Host& host, std::string_view what)
    : Burst(&done, &whose), host_(&host), what_(what), number_(host.begun(*this, nullptr)) {}

Job::Job(Job& parent)
    : Burst(&done, &whose),
      host_(parent.host_),
      what_(parent.what_),
      number_(host_ ? host_->begun(*this, &parent) : 0) {}

Job::~Job() {
  if (host_) host_->ended(*this);
}

std::string Job::name() const { return fmt::format("{} #{}", what_, number_); }

}  // namespace faultline::models
