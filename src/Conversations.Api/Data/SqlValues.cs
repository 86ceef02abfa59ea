namespace Conversations.Api.Data;

/// <summary>The values of an SQL text that consists of parts.</summary>
/// <param name="first">The values whose placeholders the text already has.</param>
public sealed class SqlValues(params IEnumerable<object> first)
{
    private readonly List<object> values = [.. first];

    /// <summary>The values in the order of their placeholders.</summary>
    public object[] All => [.. values];

    /// <summary>Adds a value and returns its placeholder.</summary>
    public string Add(object value)
    {
        values.Add(value);
        return $"{{{values.Count - 1}}}";
    }
}
