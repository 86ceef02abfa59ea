using System.Text.Json.Nodes;

namespace Conversations.TestSupport;

/// <summary>One page of a list.</summary>
/// <param name="Key">The member that holds the rows.</param>
/// <param name="SidMember">The member of a row that has its SID.</param>
public sealed record RowPage(Answer Answer, string Key, string SidMember = "sid")
{
    public JsonObject Meta => Answer.Body["meta"]!.AsObject();

    public List<string> Sids => [.. Answer.Body[Key]!.AsArray().Select(row => row![SidMember]!.GetValue<string>())];

    /// <summary>What page tokens contain for the rows: the values of these members, one after the other.</summary>
    public List<string> Values(IReadOnlyList<string> members) =>
        [
            .. Answer.Body[Key]!
                .AsArray()
                .Select(row => string.Concat(members.Select(member => row![member]!.ToString()))),
        ];

    public string Url => Meta["url"]!.GetValue<string>();

    public string? Next => Meta["next_page_url"]?.GetValue<string>();

    public string? Previous => Meta["previous_page_url"]?.GetValue<string>();
}
