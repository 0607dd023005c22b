"""Loops (Enter, Merge, Switch, NextIteration, Exit) and conditions (Switch, Merge) of 1.x's files as While and If, with functions made of their nodes.

A frame's loop variables are its Merges, its other Enters are handed in unchanged. Of a condition each node has a guard, the outcomes under which it runs: a
Switch adds one, a Merge takes its two back together. Merges of one predicate that do not need each other are one If. What no result of a branch or loop needs is
left out, as 1.x does not run it either. Nothing here makes operations; reader.py does, of what comes out.
"""

from sokuji._src.exchange import op_defs
from sokuji._src.io import graph_messages

C = graph_messages.CLASSES
NodeDef = C["NodeDef"]
_KINDS = {prefix + kind: kind for prefix in ("", "Ref") for kind in ("Enter", "Exit", "Merge", "Switch", "NextIteration")}
_KINDS["LoopCond"] = "LoopCond"
REFUSED = "SokujiRefused"  # stands for a result that cannot be had
_POPS = ("StackPopV2", "StackPop", "TensorArrayGradV3", "TensorArrayGradV2", REFUSED)  # what only the gradients of loops have


def kind_of(node):
    return _KINDS.get(node.op)


def is_needed(nodes):
    return any(n.op in _KINDS for n in nodes)


def _parts(ref):
    """(node's name, output); -1: control."""
    if ref.startswith("^"):
        return ref[1:], -1
    name, colon, index = ref.rpartition(":")
    return (name, int(index)) if colon and index.isdigit() else (ref, 0)


def _key(ref):
    return "%s:%d" % _parts(ref)


def _refuse(node, why):
    raise NotImplementedError("not implemented: tf.import_graph_def of the node '%s' (%s): %s" % (node.name, node.op, why))


def _has_effect(node):
    return "seed" in node.attr or node.op.startswith(("Assign", "Scatter", "ResourceScatter", "Apply", "ResourceApply", "Print", "PyFunc", "Stack"))


def _types(node, place):
    """The dtype number of an output."""
    definition = op_defs.find(node.op)
    for argument in definition.outputs if definition is not None else ():
        kinds = list(node.attr[argument.type].list.type) if argument.is_list else [argument.dtype or node.attr[argument.type].type]
        kinds = kinds * (node.attr[argument.count].i if argument.count else 1)
        if place < len(kinds):
            return kinds[place]
        place -= len(kinds)
    _refuse(node, "its output's dtype is not known")


def _copy(node, inputs, name=None, op=None):
    made = NodeDef()
    made.CopyFrom(node)
    made.input[:] = inputs
    made.name, made.op = name or node.name, op or node.op
    return made


def _sorted(table, nodes):
    """The nodes, each after its inputs."""
    done, order, is_open = set(), [], set()
    for root in nodes:
        stack = [(root, False)]
        while stack:
            node, ready = stack.pop()
            if ready:
                is_open.discard(node.name)
                done.add(node.name)
                order.append(node)
            elif node.name not in done:
                if node.name in is_open:
                    raise ValueError("the GraphDef goes in a circle at the node '%s'" % node.name)
                is_open.add(node.name)
                stack.append((node, True))
                sources = [_parts(i)[0] for i in node.input]
                stack += [(table[s], False) for s in reversed(sources) if s in table and s not in done]
    seen = set()
    return [n for n in order if not (n.name in seen or seen.add(n.name))]


class Raised:
    """What is left of a list of nodes: `nodes`, with `functions` that they call; `inside` says of the other names where they have gone."""

    def __init__(self, nodes, taken=()):
        self.functions, self.inside, self._taken = [], {}, set(taken) | {n.name for n in nodes}
        self._depth = 0
        nodes = self._without_loops(list(nodes))
        self.nodes = self._without_conditions(nodes, None)[0]

    def _name(self, wanted):
        made, n = wanted, 0
        while made in self._taken:
            n += 1
            made = "%s_%d" % (wanted, n)
        self._taken.add(made)
        return made

    def _function(self, name, n, nodes, outputs):
        """A function of n arguments (#0, #1, ...) in the library; its name."""
        if self._depth > 60:
            raise NotImplementedError("not implemented: tf.import_graph_def of conditions within one another, 60 and more")
        self._depth += 1
        nodes, outputs = self._without_conditions(nodes, outputs)
        self._depth -= 1
        made = C["FunctionDef"]()
        made.signature.name = self._name(name)
        for i in range(n):
            made.signature.input_arg.add(name="#%d" % i)
        for i, ref in enumerate(outputs):
            made.signature.output_arg.add(name="out_%d" % i)
            made.ret["out_%d" % i] = ref
        list.extend(made.node_def, nodes)
        self.functions.append(made)
        return made.signature.name

    # ---- loops ----

    def _without_loops(self, nodes):
        if not any(kind_of(n) in ("Enter", "Exit", "NextIteration", "LoopCond") for n in nodes):
            return nodes
        table = {n.name: n for n in nodes}
        frames = self._frames(table)
        known = {}
        for frame in frames.values():
            while frame:
                known[frame] = None
                frame = frame[:-1]
        for frame in sorted({*known, *(frames[n.name] + (n.attr["frame_name"].s,) for n in nodes if kind_of(n) == "Enter")}, key=lambda f: -len(f)):
            if frame:
                self._loop(table, frames, frame)
        return list(table.values())

    def _frames(self, table):
        """By name the frames that a node runs in, outermost first."""
        followers, found = {}, {}
        for node in table.values():
            for ref in node.input:
                followers.setdefault(_parts(ref)[0], []).append(node)
        ready = [n for n in table.values() if not any(_parts(i)[0] in table for i in n.input)]
        found.update((n.name, ()) for n in ready)
        while ready:
            node = ready.pop()
            frame = found[node.name]
            if kind_of(node) == "Enter":
                frame = (*frame, node.attr["frame_name"].s)
            elif kind_of(node) == "Exit":
                if not frame:
                    raise ValueError("Node '%s': an Exit outside of any loop" % node.name)
                frame = frame[:-1]
            if len(frame) > 30:
                raise NotImplementedError("not implemented: tf.import_graph_def of 30 loops within one another (node '%s')" % node.name)
            for other in followers.get(node.name, ()):
                if other.name not in found:
                    found[other.name] = frame
                    ready.append(other)
                elif found[other.name] != frame:
                    raise ValueError("Node '%s' has inputs from different frames. The input '%s' is in frame '%s'."
                                     % (other.name, node.name, b"/".join(frame).decode("utf-8", "replace")))  # fmt: skip
        for node in table.values():
            if node.name not in found:
                raise ValueError("the GraphDef goes in a circle at the node '%s'" % node.name)
        return found

    def _loop(self, table, frames, frame):
        """One frame's nodes out, a While in, whose results the Exits are."""
        members = {n.name: n for n in list(table.values()) if frames[n.name] == frame}
        enters = [n for n in table.values() if kind_of(n) == "Enter" and (*frames[n.name], n.attr["frame_name"].s) == frame]
        exits = [n for n in members.values() if kind_of(n) == "Exit"]
        if any(n.op in _POPS for n in members.values()):
            made = self._refused(exits, "a loop of gradients that 1.x wrote; use tf.gradients of what was imported")
        else:
            made = self._while(table, members, enters, exits, frame)
        where = "the loop '%s'" % frame[-1].decode("utf-8", "replace").removesuffix("/while_context")
        for node in [*members.values(), *enters]:
            table.pop(node.name, None)
            self.inside[node.name] = where
        for node in made:
            table[node.name], frames[node.name] = node, frame[:-1]
            self.inside.pop(node.name, None)

    def _refused(self, exits, why):
        made = []
        for node in exits:
            made.append(NodeDef(name=node.name, op=REFUSED))
            made[-1].attr["T"].type = node.attr["T"].type
            made[-1].attr["why"].s = why.encode()
        return made

    def _while(self, table, members, enters, exits, frame):
        variables = []  # (Merge, Enter, NextIteration)
        for node in members.values():
            if kind_of(node) == "Merge":
                sources = [members.get(_parts(i)[0]) or table.get(_parts(i)[0]) for i in node.input if not i.startswith("^")]
                kinds = [s is not None and kind_of(s) for s in sources]
                if sorted(map(str, kinds)) == ["Enter", "NextIteration"]:
                    variables.append((node, sources[kinds.index("Enter")], sources[kinds.index("NextIteration")]))
                elif "NextIteration" in kinds or "Enter" in kinds:
                    _refuse(node, "a Merge of %s" % " and ".join(str(k or getattr(s, "op", "nothing")) for k, s in zip(kinds, sources)))
        tests = [n for n in members.values() if kind_of(n) == "LoopCond"]
        if len(tests) != 1 or not tests[0].input or not variables:
            _refuse(tests[0] if tests else enters[0] if enters else exits[0], "its loop has %d LoopCond and %d variables" % (len(tests), len(variables)))
        first = {e.name for _, e, _ in variables}
        constant = [e for e in enters if e.name not in first]
        place = {m.name: i for i, (m, _, _) in enumerate(variables)}
        known = {m.name + ":0": "#%d" % i for m, i in ((m, place[m.name]) for m, _, _ in variables)}
        known.update((e.name + ":0", "#%d" % (len(variables) + i)) for i, e in enumerate(constant))
        after = {}
        for node in members.values():
            if kind_of(node) == "Switch" and len(node.input) > 1 and _parts(node.input[1])[0] == tests[0].name:
                data = _parts(node.input[0])[0]
                if data not in place:
                    _refuse(node, "what it switches is no variable of the loop")
                known[node.name + ":1"] = known[data + ":0"]
                after[node.name + ":0"] = place[data]
        n, name = len(variables) + len(constant), self._name(_scope_of(tests[0].name) + "While")
        inside = lambda refs: self._inside(members, known, refs)  # noqa: E731
        (test, tested), (body, done) = inside([tests[0].input[0]]), inside([x.input[0] for _, _, x in variables])
        both = [a for a in test if _has_effect(a) and any(a.name == b.name for b in body)]
        if both:
            _refuse(both[0], "the loop's condition and body share it")
        made = NodeDef(name=name, op="While", input=[e.input[0] for _, e, _ in variables] + [e.input[0] for e in constant])
        made.input.extend(dict.fromkeys(i for e in enters for i in e.input[1:] if i.startswith("^")))
        made.attr["_invariant"].i = len(constant)
        made.attr["T"].list.type.extend([e.attr["T"].type for _, e, _ in variables] + [e.attr["T"].type for e in constant])
        made.attr["cond"].func.name = self._function(name + "_cond", n, test, tested)
        made.attr["body"].func.name = self._function(name + "_body", n, body, done)
        out = [made]
        for node in exits:
            source = _key(node.input[0]) if node.input else ""
            if source not in after:
                _refuse(node, "what leaves the loop is no variable of it")
            out.append(_copy(node, ["%s:%d" % (name, after[source]), *(i for i in node.input[1:] if _parts(i)[0] not in members)], op="Identity"))
            out[-1].attr["_raised"].s = b"Exit"
        return out

    def _inside(self, members, known, refs):
        """The members that the references need, with arguments in place of what is known; and the references so."""
        needed, waiting = {}, [_parts(r)[0] for r in refs if _key(r) not in known]
        edges = {k.rpartition(":")[0] for k in known}
        while waiting:
            name = waiting.pop()
            node = members.get(name)
            if node is None:
                raise ValueError("the loop of '%s' needs the node '%s' outside of it" % (next(iter(members)), name))
            if name not in needed:
                inputs = []
                for ref in node.input:
                    source, index = _parts(ref)
                    if index < 0 and (source in edges or source not in members or kind_of(members[source]) in ("LoopCond", "NextIteration")):
                        continue
                    inputs.append(known.get(_key(ref), ref) if index >= 0 else ref)
                    if not inputs[-1].startswith("#"):
                        waiting.append(source)
                needed[name] = _copy(node, inputs)
        return list(needed.values()), [known.get(_key(r), r) for r in refs]

    # ---- conditions ----

    def _without_conditions(self, nodes, outputs):
        """The nodes with an If in place of each outermost condition. outputs: what of them is asked for; None: everything."""
        if not any(kind_of(n) in ("Switch", "Merge") for n in nodes):
            return nodes, outputs
        table = {n.name: n for n in nodes}
        order = _sorted(table, nodes)
        guards, merges = self._guards(table, order)
        for ref in outputs or ():
            node = table.get(_parts(ref)[0])
            if node is not None and (guards[node.name] or kind_of(node) == "Switch"):
                _refuse(node, "what one branch of a condition gives is used outside of it")
        groups, out = _groups(order, merges), []
        for group in groups:
            group.name = self._name(_scope_of(group.merges[0].name) + "If")
        exported = self._exports(table, guards, groups)
        for group in groups:
            out += self._if(table, guards, group, exported)
        out += [n for n in order if not guards[n.name] and kind_of(n) not in ("Switch", "Merge")]
        gone = table.keys() - {n.name for n in out}
        self.inside.update(dict.fromkeys(gone, "a condition"))
        for i, node in enumerate(out):  # control inputs alone: the others would be guarded
            if any(_parts(r)[0] in gone for r in node.input):
                out[i] = _copy(node, [r for r in node.input if _parts(r)[0] not in gone])
        return out, outputs

    def _guards(self, table, order):
        guards, merges = {}, {}

        def of(ref):
            name, index = _parts(ref)
            if name not in table:
                return frozenset()
            if kind_of(table[name]) == "Switch" and index >= 0:
                return guards[name] | {(_predicate(table, table[name]), index)}
            return guards[name]

        for node in order:
            data = [i for i in node.input if not i.startswith("^")]
            if kind_of(node) != "Merge":
                guards[node.name] = frozenset().union(*map(of, node.input))
                if len({p for p, _ in guards[node.name]}) < len(guards[node.name]):
                    _refuse(node, "it needs what both branches of a condition give")
                continue
            sides = [of(i) for i in data]
            if len(sides) != 2:
                _refuse(node, "a Merge of %d inputs" % len(sides))
            found = [(p, k) for p, k in sides[0] if (p, 1 - k) in sides[1] and sides[0] - {(p, k)} == sides[1] - {(p, 1 - k)}]
            if len(found) != 1:
                _refuse(node, "a Merge of what are not the two branches of one condition")
            (predicate, k), controls = found[0], frozenset().union(*(of(i) for i in node.input if i.startswith("^")))
            guards[node.name] = (sides[0] - {found[0]}) | controls
            if not guards[node.name]:
                merges[node.name] = (predicate, data if k == 0 else data[::-1])
        return guards, merges

    def _branch(self, table, guards, predicate, k, refs, exported, group):
        """(nodes, results, what comes from outside, control inputs from outside) of one side of a condition."""
        needed, arguments, controls = {}, [], []

        def resolved(ref):
            name, index = _parts(ref)
            node = table.get(name)
            if (name, index) in exported and exported[name, index][0] is not group:
                ref = exported[name, index][1]
            elif node is not None and kind_of(node) == "Switch":
                if _predicate(table, node) != predicate:
                    return ref, True
                if index != k:
                    _refuse(node, "one branch of a condition needs the other")
                return resolved(node.input[0])
            elif node is not None and guards[name]:
                return ref, True
            if ref not in arguments:
                arguments.append(ref)
            return ref, False

        results = [resolved(r) for r in refs]
        waiting = [_parts(r)[0] for r, within in results if within]
        while waiting:
            node = table[waiting.pop()]
            if node.name in needed:
                continue
            inputs = []
            for ref in node.input:
                name, index = _parts(ref)
                if index < 0:
                    source = table.get(name)
                    if source is None or not guards[name]:
                        controls.append(ref)
                    elif not (kind_of(source) == "Switch" or source.op == "Identity" and kind_of(table.get(_parts(source.input[0])[0], source)) == "Switch"):
                        inputs.append(ref)
                        waiting.append(name)
                    continue
                ref, within = resolved(ref)
                inputs.append(ref)
                if within:
                    waiting.append(_parts(ref)[0])
            needed[node.name] = _copy(node, inputs)
        return needed, [r for r, _ in results], arguments, controls

    def _exports(self, table, guards, groups):
        """What has effects, or random numbers, in a branch and is needed by a later condition too, is a result of the first."""
        first, exported = {}, {}
        for group in groups:
            for k in (0, 1):
                needed = self._branch(table, guards, group.predicate, k, group.refs[k], exported, group)[0]
                for name, node in needed.items():
                    owner = first.setdefault(name, (group, k))
                    if owner[0] is not group and _has_effect(node) and kind_of(node) is None:
                        if group.reaches(owner[0]):
                            _refuse(node, "two conditions need it")
                        for other in needed.values():
                            for ref in other.input:
                                if _parts(ref)[0] == name and not ref.startswith("^") and _parts(ref) not in exported:
                                    exported[_parts(ref)] = owner[0], owner[0].export(ref, owner[1], _types(node, _parts(ref)[1]))
        return exported

    def _if(self, table, guards, group, exported):
        sides = [self._branch(table, guards, group.predicate, k, group.refs[k], exported, group) for k in (0, 1)]
        name = group.name
        arguments = list(dict.fromkeys(sides[0][2] + sides[1][2]))
        made = NodeDef(name=name, op="If", input=[group.predicate, *arguments])
        made.input.extend(dict.fromkeys(sides[0][3] + sides[1][3] + [i for m in group.merges for i in m.input if i.startswith("^") and not guards.get(i[1:])]))
        made.attr["Tcond"].type = 10
        made.attr["Tin"].list.type.extend([0] * len(arguments))
        made.attr["Tout"].list.type.extend([m.attr["T"].type for m in group.merges] + [number for _, _, number in group.exports])
        places = {ref: "#%d" % i for i, ref in enumerate(arguments)}
        for k, key in ((1, "then_branch"), (0, "else_branch")):
            nodes = [_copy(n, [i if i.startswith("^") else places.get(i, i) for i in n.input]) for n in sides[k][0].values()]
            results = [places.get(r, r) for r in sides[k][1]]
            for i, (ref, side, number) in enumerate(group.exports):
                if side == k:
                    results.append(ref)
                else:
                    nodes.append(_zero("%s/none_%d" % (name, i), number))
                    results.append(nodes[-1].name)
            made.attr[key].func.name = self._function("%s_%s" % (name, key), len(arguments), nodes, results)
        out = [made]
        for i, merge in enumerate(group.merges):
            out.append(NodeDef(name=merge.name, op="Identity", input=["%s:%d" % (name, i)]))
            out[-1].attr["T"].type = merge.attr["T"].type
            out[-1].attr["_raised"].s = b"Merge"
        for node in out[1:]:
            node.device = table[node.name].device
        return out


def _scope_of(name):
    return name.rpartition("/")[0] + "/" if "/" in name else ""


def _zero(name, number):
    made = NodeDef(name=name, op="Const")
    made.attr["dtype"].type = number
    made.attr["value"].tensor.dtype = number
    made.attr["value"].tensor.tensor_shape.SetInParent()
    if number == 7:
        made.attr["value"].tensor.string_val.append(b"")
    return made


def _predicate(table, switch):
    """What a Switch looks at, beyond Identities."""
    if len(switch.input) < 2:
        raise ValueError("Node '%s': a Switch has two inputs" % switch.name)
    ref, seen = switch.input[1], set()
    while ref not in seen:
        seen.add(ref)
        node = table.get(_parts(ref)[0])
        if node is None or node.op != "Identity" or not node.input:
            break
        ref = node.input[0]
    return _key(ref) if not ref.startswith("#") else ref


class _Group:
    """The Merges that become one If."""

    def __init__(self, predicate):
        self.predicate, self.merges, self.refs, self.before, self.exports = predicate, [], ([], []), set(), []
        self.name = None

    def reaches(self, other):
        """Whether the other needs a result of this one."""
        seen, waiting = set(), [other]
        while waiting:
            one = waiting.pop()
            if one is self:
                return True
            if one not in seen:
                seen.add(one)
                waiting += one.before
        return False

    def export(self, ref, k, number):
        self.exports.append((ref, k, number))
        return "%s:%d" % (self.name, len(self.merges) + len(self.exports) - 1)


def _groups(order, merges):
    """The outermost Merges, those of one predicate together that do not need one another, in an order in which they can run."""
    groups, needs = [], {}
    for node in order:
        found = set().union(*(needs.get(_parts(i)[0], ()) for i in node.input))
        if node.name not in merges:
            needs[node.name] = found
            continue
        predicate, refs = merges[node.name]
        group = next((g for g in groups if g.predicate == predicate and not any(g.reaches(f) for f in found)), None)
        if group is None:
            group = _Group(predicate)
            groups.append(group)
        group.merges.append(node)
        group.before |= found
        for k in (0, 1):
            group.refs[k].append(refs[k])
        needs[node.name] = {group}
    return groups
