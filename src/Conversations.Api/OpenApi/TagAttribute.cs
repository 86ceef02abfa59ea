namespace Conversations.Api.OpenApi;

/// <summary>The tag under which Swagger UI shows the controller's operations.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TagAttribute(string name) : Attribute
{
    public string Name { get; } = name;

    /// <summary>The place among the tags, from low to high: what is used most comes first.</summary>
    public required int Order { get; init; }

    /// <summary>The address of the resource in Twilio's documentation.</summary>
    public required string Page { get; init; }

    public required string Description { get; init; }
}
