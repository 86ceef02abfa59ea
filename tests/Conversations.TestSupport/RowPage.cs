using System.Text.Json.Nodes;

namespace Conversations.TestSupport;

/// <summary>One page of a list.</summary>
public sealed record RowPage(Answer Answer, string Key)
{
    public JsonObject Meta => Answer.Body["meta"]!.AsObject();

    public List<string> Sids => [.. Answer.Body[Key]!.AsArray().Select(row => row!["sid"]!.GetValue<string>())];

    /// <summary>The values of the rows that page tokens contain.</summary>
    public List<string> Values(string member) =>
        [.. Answer.Body[Key]!.AsArray().Select(row => row![member]!.ToString())];

    public string Url => Meta["url"]!.GetValue<string>();

    public string? Next => Meta["next_page_url"]?.GetValue<string>();

    public string? Previous => Meta["previous_page_url"]?.GetValue<string>();
}
