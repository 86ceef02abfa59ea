using Conversations.Api.Errors;

namespace Conversations.Api.Wire;

/// <summary>
/// The errors of the rules that need the database, for the OpenAPI document. The errors of the form's rules and those
/// that many operations share need no attribute.
/// </summary>
/// <param name="type">Mostly the service.</param>
/// <param name="property">Its static property with the errors.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ErrorsAttribute(Type type, string property) : Attribute
{
    public IReadOnlyList<TwilioError> Errors => (IReadOnlyList<TwilioError>)type.GetProperty(property)!.GetValue(null)!;
}

/// <summary>The action takes the header X-Twilio-Webhook-Enabled.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FiresWebhooksAttribute : Attribute
{
    /// <summary>Whether a webhook is asked before the fact, and so may refuse (50056).</summary>
    public bool Asks { get; init; } = true;
}

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

/// <summary>A parameter that is accepted but is in no official document, and therefore not in this one.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class UndocumentedAttribute : Attribute;
