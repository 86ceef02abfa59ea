using Conversations.Api.Errors;

namespace Conversations.Api.Wire;

/// <summary>The errors of <see cref="TwilioErrors"/> that an action answers besides those any request may meet; shown in Swagger.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ErrorsAttribute(params string[] names) : Attribute
{
    /// <summary>Names of members of <see cref="TwilioErrors"/>.</summary>
    public IReadOnlyList<string> Names { get; } = names;
}

/// <summary>The action takes the header X-Twilio-Webhook-Enabled.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FiresWebhooksAttribute : Attribute
{
    /// <summary>Whether a webhook is asked before the fact, and so may refuse (50056).</summary>
    public bool Asks { get; init; } = true;
}

/// <summary>How the document describes a value that is text here, because text is what Twilio's rules look at.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DocumentedAttribute : Attribute
{
    /// <summary>Whether the parameter must be given. The rule itself stands beside the form.</summary>
    public bool Required { get; init; }

    /// <summary>integer, boolean or date-time.</summary>
    public string? Type { get; init; }

    /// <summary>All it may be; null when that can't be listed.</summary>
    public string[]? Values { get; init; }

    /// <summary>
    /// A value of a required parameter that succeeds: Swagger UI's form starts with it. Of a list one item. Other parameters start empty.
    /// </summary>
    public string? Example { get; init; }
}

/// <summary>A form that succeeds. Swagger UI starts with the first one of several, and offers all.</summary>
/// <param name="name">What it is an example of, in few words.</param>
/// <param name="namesAndValues">The name of a parameter, its value, the next name, … Of a list one item.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class FormExampleAttribute(string name, params string[] namesAndValues) : Attribute
{
    public string Name { get; } = name;

    public IEnumerable<(string Name, string Value)> Values { get; } =
    [.. namesAndValues.Chunk(2).Select(pair => (pair[0], pair[1]))];
}

/// <summary>A parameter that is accepted but stands in no official document, and so not in Swagger either.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class UndocumentedAttribute : Attribute;
