namespace Conversations.Api.Wire;

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
