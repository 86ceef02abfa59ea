namespace Conversations.Api.Http;

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
}

/// <summary>A parameter that is accepted but stands in no official document, and so not in Swagger either.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class UndocumentedAttribute : Attribute;
