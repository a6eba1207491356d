#pragma once

#include <functional>

namespace hypar {

class ArrayModel;
class StateVisitor;

/// Told now and then how much of the work, 0 to 1, is done; asked whether to go on.
using Progress = std::function<bool(double)>;

/// What an array shows of its state: all of it. Tests hide a part, to see that it would be missed.
using OfferArrayState = std::function<void(ArrayModel&, StateVisitor&)>;

}  // namespace hypar
