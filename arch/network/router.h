#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "arch/kernel/activity.h"
#include "arch/kernel/component.h"
#include "arch/kernel/inbox.h"
#include "arch/network/interconnect_spec.h"
#include "arch/network/link_use.h"
#include "arch/network/packet.h"
#include "arch/network/router_ports.h"
#include "arch/network/topology.h"

namespace hypar {

/// A node's switch with the links that leave it: input queues, virtual channels, credits.
///
/// Every virtual channel of every incoming link has an input buffer, and so has each of the queues before the local
/// port, which takes packets from the terminal, round-robin from its queues, and gives it those for it. What moves as
/// one is a packet (virtual cut-through) or a flit (wormhole). It can leave a buffer once its head is through the
/// router's pipeline, and not before it has come in so far that its tail will be there in time: a link never waits in
/// the middle of what it carries. The first one of each buffer asks for a virtual channel of a link. In each of these
/// it is one's turn, round-robin, and nobody goes before it; a free link goes round-robin to the next virtual channel
/// in which the one whose turn it is has room behind the link. A packet keeps a virtual channel from its head to its
/// tail.
///
/// An accelerator without a router has but the ends of its links here: its terminal's first packet takes a virtual
/// channel of the link that leaves, and its flits go as the buffer behind that gives credit; what arrives is the
/// terminal's at once.
class Router : public Component {
public:
    Router(const sc_core::sc_module_name& name, Calendar& calendar, const InterconnectSpec& spec, const Clock& clock,
           const Topology& topology, std::size_t node);

    /// Joins the links that leave this node to the routers (by node) at their ends.
    void connect(const std::vector<Router*>& routers);

    /// What a local port takes and gives where the spec does not say.
    enum class PortDefault : std::uint8_t {
        FlitACycle,
        /// As much as the accelerator's links carry together, but at least a flit a cycle; from several queues into
        /// each link's what that link carries.
        Links,
    };
    /// Joins a terminal, which has a number of queues before the local port.
    void attach(Terminal& terminal, std::size_t queues = 1, PortDefault port = PortDefault::Links);

    /// Puts a packet into a queue before the local port, which it may enter at `arrival`. Without limit.
    void inject(const Packet& packet, Picoseconds arrival, std::size_t queue = 0);

    /// Arbitration starts from its first turn again, and peaks from nothing. All must be at rest.
    void restart();
    /// When the last credit is back that is on its way now.
    Picoseconds quiet_at() const { return quiet_at_; }

    void offer_state(StateVisitor& visitor) override;

    /// Writes down from now on when the links that leave this node carry something; tracks are by link of the
    /// topology.
    void record(std::vector<ActivityTrack>& tracks);

    /// Use of the links that leave this node, in the order of Topology::links_from.
    std::vector<LinkUse> link_use() const;

    /// Flits in its buffers and before its local port.
    std::uint64_t flits_inside() const;
    /// Flits that have left the network here.
    std::uint64_t ejected_flits() const { return outputs_.back().use.flits; }

    /// A packet at the head of a buffer that cannot move, and the channel that it waits for.
    struct Waiting {
        std::size_t into_link = 0;  ///< whose buffer it is at the head of; kLocalPort
        std::size_t queue = 0;      ///< of the local port
        std::size_t virtual_channel = 0;
        std::uint64_t queued_flits = 0;
        Packet packet;
        Hop wanted;  ///< link kLocalPort: to leave the network
        Picoseconds since = 0;
    };
    static constexpr std::size_t kLocalPort = SIZE_MAX;
    /// All that wait; of use when nothing moves any more.
    std::vector<Waiting> waiting() const;

private:
    void add_buffers(std::size_t queues);
    std::size_t lanes_of(const OutputPort& output) const;
    void join(OutputPort& output, std::size_t index, std::size_t first_input);
    void reset_turns();
    void offer_queues(StateVisitor& visitor);
    void offer_inputs(StateVisitor& visitor);
    void offer_output(StateVisitor& visitor, OutputPort& output);
    std::size_t first_input(std::size_t link) const;
    std::size_t first_local_input() const;

    /// What packets from the terminal enter: the local port, or the link that leaves an endpoint.
    OutputPort& entry() { return is_endpoint_ ? outputs_.front() : injection_; }
    const OutputPort& entry() const { return is_endpoint_ ? outputs_.front() : injection_; }
    void take_from_terminal(Picoseconds now);
    bool take_from_queue(std::size_t index, Picoseconds now);
    std::size_t injection_lane(std::size_t index, std::uint64_t flits) const;
    ChannelClasses::Range injection_lanes(std::size_t index, const Packet& packet) const;
    Picoseconds free_at(const InjectionQueue& queue) const;
    Picoseconds injection_time(const InjectionQueue& queue, std::uint64_t flits);
    FlowUnit next_unit(InjectionQueue& queue, std::uint64_t flits, Picoseconds now);
    void arrive(std::size_t input, const FlowUnit& unit);
    void deliver(const FlowUnit& unit, Picoseconds arrival);
    Picoseconds append(std::size_t input, const FlowUnit& unit);
    Picoseconds request(std::size_t index, Picoseconds read_until);
    void set_request(std::size_t index, bool asks);
    std::size_t output_index(std::size_t link) const;
    void choose_way(InputBuffer& input);
    bool choose_closest(InputBuffer& input);
    void escape(FlowUnit& unit);
    void reconsider(Picoseconds now);
    static bool is_to_choose(const InputBuffer& input) {
        const FlowUnit& unit = input.units.front();
        return unit.is_head && !unit.escapes && !input.has_channel;
    }

    Picoseconds wake(Picoseconds now) override;
    void take_credits(Picoseconds now);
    void move_units(Picoseconds now);
    bool give_turns(Picoseconds now);
    bool give_turn(OutputPort& output, Picoseconds now);
    bool give_turn(OutputPort& output, Lane& lane, Picoseconds now);
    void allocate(Picoseconds now);
    void wait_for_reader(OutputPort& output, Picoseconds now);
    void allocate_channels(OutputPort& output, Picoseconds now);
    std::size_t free_channel(OutputPort& output, const InputBuffer& input, Picoseconds now);
    ChannelClasses::Range channels_for(const OutputPort& output, const InputBuffer& input) const;
    static std::size_t channel_of(const OutputPort& output, ChannelClasses::Range range, const Route* route);
    void grant(OutputPort& output, Picoseconds now);
    bool may_go(OutputPort& output, const InputBuffer& input, Picoseconds now);
    bool is_in_turn_before(const OutputPort& output, std::size_t input, std::size_t other) const;
    static bool is_asked(const OutputPort& output);
    Picoseconds ready_for(OutputPort& output, const InputBuffer& input);
    static bool has_room(const OutputPort& output, const InputBuffer& input);
    void send(OutputPort& output, std::size_t index, Picoseconds now);
    void cross(OutputPort& output, std::size_t channel, FlowUnit& unit, Picoseconds now);
    static void note_stall(OutputPort& output, Picoseconds now);
    void free_room(const InputBuffer& input, std::uint64_t flits, Picoseconds tail_left);
    Picoseconds read_time(std::uint64_t flits, Picoseconds filled_in) const;
    Picoseconds serialisation(OutputPort& output, std::uint64_t flits);
    Picoseconds on_link(std::uint64_t flits, std::uint64_t bits_per_second) const;
    Picoseconds through_port(std::uint64_t flits, std::uint64_t bits_per_second) const;
    static bool is_ejection(const OutputPort& output) { return output.link == kLocalPort; }
    std::size_t index_of(const OutputPort& output) const {
        return static_cast<std::size_t>(&output - outputs_.data());
    }

    const InterconnectSpec& spec_;
    Clock clock_;
    const Topology& topology_;
    std::size_t node_;
    bool reads_all_;
    bool is_endpoint_;
    Stages stages_;
    Terminal* terminal_ = nullptr;
    std::vector<InputBuffer> inputs_;        ///< of the local port last
    std::vector<Reader> readers_;            ///< of links and queues, or of buffers
    std::vector<OutputPort> outputs_;        ///< links, and the local port to the terminal last
    OutputPort injection_;                   ///< the local port from the terminal
    std::vector<InjectionQueue> queues_;     ///< before the local port
    bool enters_side_by_side_ = false;       ///< queues, each as fast as its link
    bool leaves_side_by_side_ = false;       ///< a channel of the local port for each buffer, where one is read
    std::size_t last_queue_ = 0;             ///< that it took from
    std::map<std::size_t, Route> ways_out_;  ///< by destination
    Inbox<Credit> credits_;
    bool waits_for_credit_ = false;
    bool chooses_ = false;              ///< an adaptive packet asks
    Picoseconds next_choice_ = kNever;  ///< when another one does
    Picoseconds quiet_at_ = 0;
};

}  // namespace hypar
