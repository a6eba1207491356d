#include "sweep/engine/local_engine.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "sweep/engine/point_queue.h"
#include "sweep/engine/shared_news.h"

namespace hypar {
namespace {

constexpr std::uint64_t kMostNewsWords = (std::uint64_t{128} << 20U) / sizeof(std::uint64_t);
constexpr int kPollMilliseconds = 100;

/// One call of LocalEngine::run.
class LocalRun {
public:
    LocalRun(const RunPoint& run, const LocalOptions& options, const std::vector<std::size_t>& points,
             const ResultSink& sink)
        : run_(run),
          options_(options),
          sink_(sink),
          left_(points.size()),
          queue_(points, options.jobs),
          news_(kMostNewsWords),
          seats_(std::min(options.jobs, points.size())) {}

    void run() {
        bool goes_on = true;
        while (left_ > 0 && goes_on) {
            for (std::size_t seat = 0; seat < seats_.size(); ++seat) employ(seat);
            wait();
            for (Seat& seat : seats_) hear(seat);
            left_ -= finished_.size();
            goes_on = sink_(finished_);
            finished_.clear();
        }
    }

private:
    /// A place for one worker after the other.
    struct Seat {
        std::unique_ptr<WorkerProcess> worker;
        std::uint64_t number = 0;  ///< of the worker, over all seats
        std::uint64_t heard = 0;   ///< of the news
    };

    /// Gives the seat's worker a point, if there is one for it.
    void employ(std::size_t number) {
        Seat& seat = seats_[number];
        if (seat.worker && seat.worker->point()) return;
        const auto point = queue_.next(number);
        if (!point) return;
        if (!seat.worker) {
            seat.worker = std::make_unique<WorkerProcess>(run_, options_.memory_limit_bytes);
            seat.number = ++workers_;
            seat.heard = 0;
        }
        seat.worker->assign(*point, news_.behind(seat.heard, seat.number));
    }

    /// Until a worker says something, or not for long.
    void wait() const {
        std::vector<pollfd> descriptors;
        for (const Seat& seat : seats_) {
            if (seat.worker) descriptors.push_back({seat.worker->descriptor(), POLLIN, 0});
        }
        ::poll(descriptors.data(), descriptors.size(), kPollMilliseconds);
    }

    void hear(Seat& seat) {
        if (!seat.worker || !seat.worker->point()) return;
        const std::size_t point = *seat.worker->point();
        const bool is_there = seat.worker->collect();
        if (auto answer = seat.worker->take()) {
            news_.add(seat.number, std::move(answer->news));
            const PointStatus status = answer->result.status;
            finished_.push_back({point, std::move(answer->result)});
            // What a run leaves behind that ended in the middle is not to be trusted.
            if (status == PointStatus::Failed || status == PointStatus::OutOfMemory) seat.worker.reset();
        } else if (!is_there) {
            crashed(point, seat.worker->end());
            seat.worker.reset();
        } else if (seat.worker->running().count() > static_cast<double>(options_.time_limit_seconds)) {
            seat.worker.reset();
            finish(point, PointStatus::TimeLimit, fmt::format("took longer than {} s", options_.time_limit_seconds));
        }
    }

    void crashed(std::size_t point, const std::string& how) {
        if (++crashes_[point] == 1) {
            queue_.give_back(point);
        } else {
            finish(point, PointStatus::Crashed, fmt::format("the worker process ended twice, with {}", how));
        }
    }

    void finish(std::size_t point, PointStatus status, std::string error) {
        finished_.push_back({point, PointResult::failed(status, std::move(error))});
    }

    const RunPoint& run_;
    const LocalOptions& options_;
    const ResultSink& sink_;
    std::size_t left_;
    PointQueue queue_;
    SharedNews news_;
    std::vector<Seat> seats_;
    std::uint64_t workers_ = 0;
    std::map<std::size_t, int> crashes_;
    std::vector<FinishedPoint> finished_;
};

}  // namespace

void LocalEngine::run(const std::vector<std::size_t>& points, const ResultSink& sink) {
    LocalRun(run_, options_, points, sink).run();
}

std::uint64_t memory_share(std::size_t jobs) {
    const auto pages = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PHYS_PAGES), 1L));
    const auto page_bytes = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PAGESIZE), 1L));
    return pages * page_bytes / jobs;
}

}  // namespace hypar
