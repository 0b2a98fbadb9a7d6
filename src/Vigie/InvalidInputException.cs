namespace Vigie;

/// <summary>
/// What the caller handed over cannot be used: a wrong setting, a malformed file, a missing column.
/// The message says what was wrong, where, and what would be right. The command line ends with exit code 2, the API answers 400.
/// </summary>
public class InvalidInputException : Exception
{
    /// <summary>Creates the exception with a message that can be shown to a person as it stands.</summary>
    public InvalidInputException(string message) : base(message) { }

    /// <summary>Creates the exception with a message that can be shown to a person and the failure that caused it.</summary>
    public InvalidInputException(string message, Exception inner) : base(message, inner) { }
}
