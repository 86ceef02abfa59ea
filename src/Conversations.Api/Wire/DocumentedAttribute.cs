namespace Conversations.Api.Wire;

/// <summary>
/// How the document describes a parameter. Here every parameter is text, because Twilio's rules look at text.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DocumentedAttribute : Attribute
{
    /// <summary>Whether the parameter must be given. The rule itself is in the validator of the form.</summary>
    public bool Required { get; init; }

    /// <summary>integer, boolean or date-time.</summary>
    public string? Type { get; init; }

    /// <summary>All values it may have; null when they can't be listed.</summary>
    public string[]? Values { get; init; }

    /// <summary>
    /// A value that succeeds, for a required parameter: Swagger UI's form starts with it. For a list it is one item.
    /// Other parameters start empty.
    /// </summary>
    public string? Example { get; init; }
}
