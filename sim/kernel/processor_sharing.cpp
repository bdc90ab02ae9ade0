#include "sim/kernel/processor_sharing.hpp"

#include <algorithm>
#include <cmath>

namespace faultline::sim {

ProcessorSharing::ProcessorSharing(Kernel& kernel, std::uint32_t owner_id, std::int64_t cores)
    : kernel_(kernel), cores_(cores), completion_(*this) {
  SIM_ASSERT(cores >= 1);
  completion_.set_tag(owner_id, EventKind::service);
}

double ProcessorSharing::speed() const {
  const auto jobs = static_cast<double>(heap_.size());
  const auto cores = static_cast<double>(cores_);
  return jobs <= cores ? 1.0 : cores / jobs;
}

void ProcessorSharing::advance() {
  const Time now = kernel_.now();
  if (!heap_.empty() && !stopped_)
    work_done_ += static_cast<double>((now - updated_).count()) * speed();
  updated_ = now;
}

void ProcessorSharing::count_jobs(std::int64_t change) {
  const Time now = kernel_.now();
  jobs_gauge_.add(now, change);
  const std::int64_t jobs = static_cast<std::int64_t>(heap_.size());
  busy_gauge_.set(now, std::min(jobs, cores_));
}

void ProcessorSharing::enter(Use& job) {
  advance();
  // An idle machine starts its work count anew, so that the count never outgrows its precision.
  if (heap_.empty()) work_done_ = 0;
  job.end_ = work_done_ + static_cast<double>(job.work_.count());
  job.sequence_ = sequence_++;
  heap_.push_back(&job);
  sift_up(heap_.size() - 1, &job);
  count_jobs(1);
  reschedule();
}

void ProcessorSharing::leave(Use& job) {
  advance();
  remove(job.position_);
  count_jobs(-1);
  reschedule();
}

void ProcessorSharing::reschedule() {
  kernel_.cancel_if_scheduled(completion_);
  if (heap_.empty() || stopped_) return;
  const double remaining = std::max(0.0, heap_.front()->end_ - work_done_) / speed();
  // Rounded up: at the event the job has certainly had its work.
  constexpr double longest = 9.0e18;
  const double wait = std::min(std::ceil(remaining), longest);
  kernel_.schedule_after(completion_, Duration(static_cast<std::int64_t>(wait)));
}

void ProcessorSharing::stop() {
  advance();
  stopped_ = true;
  reschedule();
}

void ProcessorSharing::go_on() {
  advance();
  stopped_ = false;
  reschedule();
}

void ProcessorSharing::complete() {
  advance();
  Use& job = *heap_.front();
  work_done_ = std::max(work_done_, job.end_);
  remove(0);
  count_jobs(-1);
  reschedule();
  job.frame_.resume();
}

void ProcessorSharing::remove(std::size_t position) {
  heap_[position]->position_ = Use::nowhere;
  Use* last = heap_.back();
  heap_.pop_back();
  if (position == heap_.size()) return;
  if (position > 0 && before(*last, *heap_[(position - 1) / 2])) {
    sift_up(position, last);
  } else {
    sift_down(position, last);
  }
}

void ProcessorSharing::sift_up(std::size_t position, Use* job) {
  while (position > 0) {
    const std::size_t parent = (position - 1) / 2;
    if (!before(*job, *heap_[parent])) break;
    heap_[position] = heap_[parent];
    heap_[position]->position_ = position;
    position = parent;
  }
  heap_[position] = job;
  job->position_ = position;
}

void ProcessorSharing::sift_down(std::size_t position, Use* job) {
  for (std::size_t child; (child = 2 * position + 1) < heap_.size();) {
    if (child + 1 < heap_.size() && before(*heap_[child + 1], *heap_[child])) ++child;
    if (!before(*heap_[child], *job)) break;
    heap_[position] = heap_[child];
    heap_[position]->position_ = position;
    position = child;
  }
  heap_[position] = job;
  job->position_ = position;
}

void ProcessorSharing::reset_statistics(Time now) {
  jobs_gauge_.reset(now);
  busy_gauge_.reset(now);
}

}  // namespace faultline::sim
