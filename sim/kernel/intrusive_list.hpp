/// A doubly linked list whose links live in its elements: no allocation, and an element leaves in
/// its destructor.
#pragma once

#include <utility>

namespace faultline::sim {

/// The links of an element. Derive from it; an element is in at most one list at a time.
class ListHook {
 public:
  ListHook() = default;
  ListHook(const ListHook&) = delete;
  ListHook& operator=(const ListHook&) = delete;
  ~ListHook() { unlink(); }

  bool linked() const { return next_ != nullptr; }
  void unlink() {
    if (!next_) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = nullptr;
  }

 private:
  template <class T>
  friend class IntrusiveList;
  ListHook* previous_ = nullptr;
  ListHook* next_ = nullptr;
};

/// A list of T, which derives from ListHook. Owns nothing.
template <class T>
class IntrusiveList {
 public:
  IntrusiveList() { head_.previous_ = head_.next_ = &head_; }
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;
  ~IntrusiveList() {
    while (!empty()) head_.next_->unlink();
    head_.next_ = head_.previous_ = nullptr;
  }

  bool empty() const { return head_.next_ == &head_; }
  T& front() { return static_cast<T&>(*head_.next_); }
  T& back() { return static_cast<T&>(*head_.previous_); }
  void push_back(T& element) { insert_before(head_, element); }
  void push_front(T& element) { insert_before(*head_.next_, element); }

  /// Puts `element` behind the last one for which `goes_before(that, element)` holds: a stable
  /// insertion.
  template <class GoesBefore>
  void insert_sorted(T& element, GoesBefore goes_before) {
    ListHook* at = head_.previous_;
    while (at != &head_ && !goes_before(static_cast<const T&>(*at), element)) at = at->previous_;
    insert_before(*at->next_, element);
  }

  /// Calls `visit(T&)` for each element from the front; the visitor may not unlink.
  template <class Visit>
  void for_each(Visit visit) {
    for (ListHook* at = head_.next_; at != &head_; at = at->next_) visit(static_cast<T&>(*at));
  }

 private:
  void insert_before(ListHook& at, ListHook& element) {
    element.previous_ = at.previous_;
    element.next_ = &at;
    at.previous_->next_ = &element;
    at.previous_ = &element;
  }
  ListHook head_;
};

}  // namespace faultline::sim
