using FsCheck;
using FsCheck.Fluent;

namespace Conversations.Faults.Races;

/// <summary>
/// The requests of some clients to few conversations, identities and addresses, so that they conflict often.
/// </summary>
/// <param name="Setup">The requests of one client before all others.</param>
/// <param name="Clients">The requests of each client, one after the other. All clients run at once.</param>
public sealed record Round(PlannedRequest[] Setup, PlannedRequest[][] Clients)
{
    private static readonly string[] Identities = ["alice", "bob", "carol"];
    private static readonly string[] Addresses = ["+15550000001", "+15550000002", "+15550000003"];
    private const string Abroad = "+447700900001";
    private static readonly string[] Proxies = ["+15017120001", "+15017120002"];
    private static readonly string[] Projected = ["+15017120009", "+15550000001"];
    private static readonly string[] States = ["closed", "inactive", "active"];

    private static Gen<int> AnyConversation =>
        Gen.Frequency((9, Gen.Choose(0, 2)), (1, Gen.Constant(PlannedRequest.Named)));

    private static Gen<string> AnyParticipant =>
        Gen.Frequency(
            (3, Gen.Elements(Identities)),
            (4, Gen.Choose(0, 9).Select(i => $"#{i}")),
            (1, Gen.Constant(PlannedRequest.Mine))
        );

    private static Gen<string> AnyMessage =>
        Gen.Frequency((3, Gen.Choose(0, 2).Select(i => $"#{i}")), (2, Gen.Constant(PlannedRequest.Mine)));

    // Every kind of participant. Two special pairs: whatsapp, whose participant does not make the conversation a group
    // text when it loses its proxy address; and a number from abroad, which no group text accepts.
    private static Gen<Fields> NewParticipantFields =>
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

    // The default author, each kind of participant, and addresses that some participants share.
    private static Gen<Fields> Authors =>
        Gen.Frequency(
            (2, Gen.Constant(new Fields())),
            (3, Gen.Elements(Identities).Select(identity => new Fields(Author: identity))),
            (2, Gen.Elements(Addresses).Select(address => new Fields(Author: address))),
            (1, Gen.Elements(Projected).Select(projected => new Fields(Author: projected)))
        );

    private static Gen<PlannedRequest> Messages => Of(Verb.SendMessage, Authors);

    private static Gen<PlannedRequest> Additions => Of(Verb.AddParticipant, NewParticipantFields);

    private static Gen<PlannedRequest> AnyRequest =>
        Gen.Frequency(
            (40, Additions),
            (18, Of(Verb.UpdateParticipant, Changes)),
            (14, Of(Verb.RemoveParticipant)),
            (6, Of(Verb.FetchParticipant)),
            (6, Of(Verb.ListParticipants)),
            (16, Messages),
            (6, Of(Verb.UpdateMessage, Authors)),
            (6, Of(Verb.DeleteMessage)),
            (3, Of(Verb.ListMessages)),
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

    private static Gen<PlannedRequest[]> Setups =>
        from participants in SetupParticipants
        from messages in Messages.ArrayOf(3)
        select (PlannedRequest[])[.. participants, .. messages];

    // Sometimes a group with a single free place.
    private static Gen<PlannedRequest[]> SetupParticipants =>
        Gen.Frequency(
            (7, Additions.ArrayOf(7)),
            (1, Additions.ArrayOf(2)),
            (
                1,
                Gen.Constant(
                    Enumerable
                        .Range(0, 9)
                        .Select(i => new PlannedRequest(Verb.AddParticipant, 0, "", new(Address: $"+1555000100{i}")))
                        .ToArray()
                )
            )
        );

    /// <param name="clients">The number of concurrent clients.</param>
    /// <param name="most">The highest number of requests of each client.</param>
    public static Arbitrary<Round> Any(int clients, int most) =>
        Arb.From(
            from setup in Setups
            from requests in Gen.Choose(1, most).SelectMany(count => AnyRequest.ArrayOf(count)).ArrayOf(clients)
            select new Round(setup, requests),
            Smaller
        );

    public override string ToString() =>
        string.Concat(Clients.Select((requests, i) => Line($"client {i}", requests)).Prepend(Line("first", Setup)));

    private static string Line(string client, IEnumerable<PlannedRequest> requests) =>
        $"{client}: {string.Join("; ", requests)}\n";

    private static Gen<PlannedRequest> Of(Verb verb) => Of(verb, Gen.Constant(new Fields()));

    private static Gen<PlannedRequest> Of(Verb verb, Gen<Fields> fields) =>
        from conversation in AnyConversation
        from child in verb is Verb.UpdateMessage or Verb.DeleteMessage ? AnyMessage : AnyParticipant
        from parameters in fields
        select new PlannedRequest(verb, conversation, child, parameters);

    // One client less, or one request less.
    private static IEnumerable<Round> Smaller(Round round) =>
        Fewer(round.Clients)
            .Select(clients => round with { Clients = clients })
            .Concat(
                round.Clients.SelectMany(
                    (requests, i) =>
                        Fewer(requests)
                            .Select(fewer =>
                                round with
                                {
                                    Clients = [.. round.Clients[..i], fewer, .. round.Clients[(i + 1)..]],
                                }
                            )
                )
            )
            .Concat(Fewer(round.Setup).Select(setup => round with { Setup = setup }));

    private static IEnumerable<T[]> Fewer<T>(T[] items) =>
        items.Select((_, i) => (T[])[.. items[..i], .. items[(i + 1)..]]);
}
