// Where the rows of a tower's arrays stand in the batch (src/model/graph.rs). An array's rows are PAIRS (the
// (token, position) pairs that can occur), READ_PAIRS (the first of them, at positions that are read), TOKENS
// (every token of every sequence) or READS (the read places of every sequence).

const NOWHERE = 0xffffffffu;

fn token_at(model: u32, places: Places, sequence: u32, position: u32) -> u32 {
    return batch[runs[model].batch + places.tokens + sequence * places.length + position];
}

fn are_pairs(kind: u32) -> bool {
    return kind == PAIRS || kind == READ_PAIRS;
}

// Rows that a sequence has of its own in an array of TOKENS or READS.
fn slots(places: Places, kind: u32) -> u32 {
    return select(places.length, places.reads, kind == READS);
}

// The position of one of them: a sequence reads at one place, which its query tells, or at all of them.
fn slot_position(model: u32, places: Places, kind: u32, sequence: u32, slot: u32) -> u32 {
    if (kind != READS) {
        return slot;
    }
    if (places.reads > 1u || places.queries == 1u) {
        return world[places.positions + slot];
    }
    return world[places.positions + batch[runs[model].batch + places.asked + sequence]];
}

// Keys that a position sees: all, or what stands before it and itself.
fn visible_keys(places: Places, position: u32) -> u32 {
    return select(places.length, position + 1u, places.causal == 1u);
}

// The row of an array that stands at a position of a sequence, or NOWHERE: read places do not stand at every
// position.
fn row_at(model: u32, places: Places, kind: u32, sequence: u32, position: u32) -> u32 {
    if (are_pairs(kind)) {
        let token = token_at(model, places, sequence, position);
        return world[places.addresses + position * places.vocab + token];
    }
    if (kind == TOKENS) {
        return sequence * places.length + position;
    }
    for (var slot = 0u; slot < places.reads; slot++) {
        if (slot_position(model, places, READS, sequence, slot) == position) {
            return sequence * places.reads + slot;
        }
    }
    return NOWHERE;
}

// The rows of an array of `kind` that can have to do with rows `first` to `first + 31` of another: from, and
// up to. A pair can stand in any sequence, a token or read place in its own.
fn rows_met(places: Places, first: u32, count: u32, first_kind: u32, kind: u32) -> vec2<u32> {
    if (are_pairs(first_kind)) {
        return vec2<u32>(0u, places.sequences * slots(places, kind));
    }
    let own = slots(places, first_kind);
    return vec2<u32>(first / own, (min(first + 32u, count) - 1u) / own + 1u) * slots(places, kind);
}

// Where a row stands in a sequence, or NOWHERE.
fn position_in(model: u32, places: Places, kind: u32, row: u32, sequence: u32) -> u32 {
    if (are_pairs(kind)) {
        let pair = world[places.pairs + row];
        let position = pair / places.vocab;
        return select(NOWHERE, position, token_at(model, places, sequence, position) == pair % places.vocab);
    }
    let own = slots(places, kind);
    return select(NOWHERE, slot_position(model, places, kind, sequence, row % own), row / own == sequence);
}
