/// Hashes of keys and of names for placement: fast, the same on every machine, and good enough that
/// the laws of independent uniform points hold.
#pragma once

#include <cstdint>
#include <string_view>

namespace faultline::models {

/// A word whose every bit depends on every bit of `word`.
/// Source: the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
constexpr std::uint64_t hash_of_word(std::uint64_t word) {
  word += 0x9e3779b97f4a7c15;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
  return word ^ (word >> 31);
}

/// Source: FNV-1a, 64 bits (Fowler, Noll, Vo), and the finaliser above behind it.
constexpr std::uint64_t hash_of_text(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char letter : text) {
    hash = (hash ^ static_cast<std::uint8_t>(letter)) * 0x100000001b3;
  }
  return hash_of_word(hash);
}

/// The hash of a pair: of point `number` of the node with hash `hash`, of a key with a node.
constexpr std::uint64_t hash_of_pair(std::uint64_t hash, std::uint64_t number) {
  return hash_of_word(hash ^ hash_of_word(number));
}

}  // namespace faultline::models
