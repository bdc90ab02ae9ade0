#include "sim/network/travel.hpp"

namespace faultline::sim {

void Travel::start() { way_.send(from_.kernel(), *this); }

}  // namespace faultline::sim
