using FsCheck;
using FsCheck.Fluent;

namespace Conversations.Faults.Races;

/// <summary>A small world and what its clients do in it: few conversations, identities and addresses, so that they get in each other's way.</summary>
/// <param name="Beginning">What one client does before all others.</param>
/// <param name="Clients">What each does, one request after the other, all clients at once.</param>
public sealed record Round(Move[] Beginning, Move[][] Clients)
{
    private static readonly string[] Identities = ["alice", "bob", "carol"];
    private static readonly string[] Addresses = ["+15550000001", "+15550000002", "+15550000003"];
    private const string Abroad = "+447700900001";
    private static readonly string[] Proxies = ["+15017120001", "+15017120002"];
    private static readonly string[] Projected = ["+15017120009", "+15550000001"];
    private static readonly string[] States = ["closed", "inactive", "active"];

    private static Gen<int> Rooms => Gen.Frequency((9, Gen.Choose(0, 2)), (1, Gen.Constant(Move.Named)));

    private static Gen<string> Members =>
        Gen.Frequency(
            (3, Gen.Elements(Identities)),
            (4, Gen.Choose(0, 9).Select(i => $"#{i}")),
            (1, Gen.Constant(Move.Mine))
        );

    // Each kind of participant. Pairs come by whatsapp, too, which makes no group text of a participant that loses its proxy
    // address, and from abroad, which no group text takes.
    private static Gen<Fields> NewMember =>
        Gen.Frequency(
            (4, Gen.Elements(Identities).Select(identity => new Fields(Identity: identity))),
            (
                3,
                Gen.Elements(Addresses)
                    .Zip(Gen.Elements(Proxies), (address, proxy) => new Fields(Address: address, Proxy: proxy))
            ),
            (
                1,
                Gen.Elements(Addresses)
                    .Zip(
                        Gen.Elements(Proxies),
                        (address, proxy) => new Fields(Address: $"whatsapp:{address}", Proxy: $"whatsapp:{proxy}")
                    )
            ),
            (1, Gen.Elements(Proxies).Select(proxy => new Fields(Address: Abroad, Proxy: proxy))),
            (1, Gen.Constant(new Fields(Address: Abroad))),
            (4, Gen.Elements(Addresses).Select(address => new Fields(Address: address))),
            (
                2,
                Gen.Elements(Identities)
                    .Zip(
                        Gen.Elements(Projected),
                        (identity, projected) => new Fields(Identity: identity, Projected: projected)
                    )
            ),
            (1, Gen.Elements(Projected).Select(projected => new Fields(Projected: projected)))
        );

    private static Gen<Fields> Changes =>
        Gen.Frequency(
            (3, Gen.Elements(Proxies).Select(proxy => new Fields(Proxy: proxy))),
            (1, Gen.Elements(Proxies).Select(proxy => new Fields(Proxy: $"whatsapp:{proxy}"))),
            (3, Gen.Constant(new Fields(Proxy: "null"))),
            (3, Gen.Elements(Projected).Select(projected => new Fields(Projected: projected))),
            (3, Gen.Constant(new Fields(Projected: "null"))),
            (3, Gen.Elements(Identities).Select(identity => new Fields(Identity: identity))),
            (
                1,
                Gen.Elements(Identities)
                    .Zip(
                        Gen.Elements(Projected),
                        (identity, projected) => new Fields(Identity: identity, Projected: projected)
                    )
            ),
            (1, Gen.Constant(new Fields()))
        );

    private static Gen<Move> Additions => Of(Verb.AddParticipant, NewMember);

    private static Gen<Move> Moves =>
        Gen.Frequency(
            (40, Additions),
            (18, Of(Verb.UpdateParticipant, Changes)),
            (14, Of(Verb.RemoveParticipant)),
            (6, Of(Verb.FetchParticipant)),
            (6, Of(Verb.ListParticipants)),
            (3, Of(Verb.CreateConversation, Gen.Elements("room", null).Select(name => new Fields(Name: name)))),
            (
                6,
                Of(
                    Verb.UpdateConversation,
                    Gen.Frequency(
                        (4, Gen.Elements(States).Select(state => new Fields(State: state))),
                        (1, Gen.Constant(new Fields(Name: "room")))
                    )
                )
            ),
            (3, Of(Verb.DeleteConversation)),
            (2, Of(Verb.FetchConversation)),
            (2, Of(Verb.ListConversations))
        );

    // Now and then a group that has room for one more.
    private static Gen<Move[]> Beginnings =>
        Gen.Frequency(
            (7, Additions.ArrayOf(7)),
            (1, Additions.ArrayOf(2)),
            (
                1,
                Gen.Constant(
                    Enumerable
                        .Range(0, 9)
                        .Select(i => new Move(Verb.AddParticipant, 0, "", new(Address: $"+1555000100{i}")))
                        .ToArray()
                )
            )
        );

    /// <param name="clients">How many at once.</param>
    /// <param name="most">How many requests each of them sends at most.</param>
    public static Arbitrary<Round> Any(int clients, int most) =>
        Arb.From(
            from beginning in Beginnings
            from moves in Gen.Choose(1, most).SelectMany(count => Moves.ArrayOf(count)).ArrayOf(clients)
            select new Round(beginning, moves),
            Smaller
        );

    public override string ToString() =>
        $"first: {string.Join("; ", (IEnumerable<Move>)Beginning)}\n{string.Join('\n', Clients.Select((moves, i) => $"client {i}: {string.Join("; ", (IEnumerable<Move>)moves)}"))}\n";

    private static Gen<Move> Of(Verb verb) => Of(verb, Gen.Constant(new Fields()));

    private static Gen<Move> Of(Verb verb, Gen<Fields> fields) =>
        from room in Rooms
        from member in Members
        from parameters in fields
        select new Move(verb, room, member, parameters);

    // One client less, or one move.
    private static IEnumerable<Round> Smaller(Round round) =>
        Fewer(round.Clients)
            .Select(clients => round with { Clients = clients })
            .Concat(
                round.Clients.SelectMany(
                    (moves, i) =>
                        Fewer(moves)
                            .Select(fewer =>
                                round with
                                {
                                    Clients = [.. round.Clients[..i], fewer, .. round.Clients[(i + 1)..]],
                                }
                            )
                )
            )
            .Concat(Fewer(round.Beginning).Select(beginning => round with { Beginning = beginning }));

    private static IEnumerable<T[]> Fewer<T>(T[] items) =>
        items.Select((_, i) => (T[])[.. items[..i], .. items[(i + 1)..]]);
}
