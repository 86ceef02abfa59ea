namespace Conversations.Api.Wire;

/// <summary>A parameter that is accepted but is in no official document, and therefore not in this one.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class UndocumentedAttribute : Attribute;
